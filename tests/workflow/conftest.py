"""The real workflow, run by the real command in a temporary directory."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.helpers import ROOT
from tests.workflow.harness import checkout, command, environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run snakemake in a folder and return what it printed (stdout and stderr together)."""

    def call(folder: Path, *arguments: str, config: str = "smoke") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments, config=config),
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
        )

    return call


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A checkout in which the whole smoke workflow has run on two cores, the same for all processes of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, mark = base / "finished", base / "finished.mark"
    with FileLock(base / "finished.lock"):
        if not mark.exists():
            done = run(checkout(folder), "--cores", "2")
            assert done.returncode == 0, done.stdout
            mark.touch()
    return folder


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory, finished: Path) -> Path:
    """Finished results with a package of their own (on PYTHONPATH), so that edits do not reach the one under test."""
    folder = tmp_path_factory.mktemp("editable") / "checkout"
    shutil.copytree(finished, folder, symlinks=True)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return folder
