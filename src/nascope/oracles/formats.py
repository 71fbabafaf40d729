"""Formats of NAS-Bench-201's table, known by their paths."""

from __future__ import annotations

from pathlib import Path


def is_official(path: Path | str) -> bool:
    """Whether a path is one of the files or directories of NAS-Bench-201 or NATS-Bench themselves."""
    return Path(path).is_dir() or Path(path).suffix in (".pth", ".pbz2")
