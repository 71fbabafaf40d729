"""The real workflow, run by the real command in a temporary directory."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.harness import checkout, command, environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share a finished run in one process."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("workflow"))


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
    """A checkout in which the whole smoke workflow has run on two cores."""
    folder = checkout(tmp_path_factory.mktemp("smoke") / "clone")
    done = run(folder, "--cores", "2")
    assert done.returncode == 0, done.stdout
    return folder
