"""How tests run the real workflow: a checkout in a temporary directory, the real command, what it wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from tests.helpers import ROOT

PARTS = ("Snakefile", "config.yaml", "config", "envs", "profiles", "rules", "workflow")
OWN_TABLE = "results/benchmark/own_space.parquet"
SNAKEMAKE = Path(sys.executable).parent / "snakemake"


def checkout(folder: Path) -> Path:
    """What a clone holds of the workflow; the package is the installed one."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


def command(*arguments: str, config: str = "smoke") -> list[str]:
    """The command line; ``config`` names overlays in config/, separated by blanks."""
    return [str(SNAKEMAKE), *arguments, "--configfile", *(f"config/{name}.yaml" for name in config.split())]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("SNAKEMAKE", "CUDA_VISIBLE"))}


def tables(folder: Path, pattern: str = "**/*.parquet") -> dict[str, object]:
    """All Parquet contents below results/, without file metadata; the store's own files left out."""
    results = folder / "results"
    paths = [path for path in sorted(results.glob(pattern)) if "store" not in path.parts]
    return {str(path.relative_to(results)): pq.read_table(path).replace_schema_metadata(None) for path in paths}


def start(folder: Path, *arguments: str, config: str = "smoke", **variables: str) -> subprocess.Popen[bytes]:
    """The workflow in the background, in a process group of its own."""
    return subprocess.Popen(
        command(*arguments, config=config),
        cwd=folder,
        env={**environment(), **variables},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_a_training(folder: Path) -> Path:
    """Until a training has started; its logs."""
    logs = folder / "results" / "logs" / "train"
    deadline = time.monotonic() + 120
    while not any("networks" in log.read_text() for log in logs.glob("*/*.log")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return logs
