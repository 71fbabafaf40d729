"""Who works on a results directory: one workflow, and its jobs.

The system frees these locks when their process ends, however it ends, so nothing is left to be unlocked.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from nascope.errors import NascopeError


def hold_results(directory: Path) -> IO[str]:
    """Take a results directory for a workflow; it is held while the returned file is open.

    Raises:
        NascopeError: another workflow holds it, jobs of one that was killed still run, or it cannot be written.
    """
    held = _lock(directory / ".workflow.lock", fcntl.LOCK_EX, "another nascope workflow is running on these results")
    _lock(
        directory / ".jobs.lock", fcntl.LOCK_EX, "jobs of a workflow that was killed still run on these results"
    ).close()
    return held


def join_results(directory: Path) -> IO[str]:
    """Note that a job works on a results directory, for as long as the returned file is open."""
    return _lock(directory / ".jobs.lock", fcntl.LOCK_SH, "a workflow is just starting on these results")


def _lock(path: Path, kind: int, refusal: str) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise NascopeError(
            f"results cannot be written: {error}; see who owns the directory, and how its disk is mounted"
        ) from None
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise NascopeError(f"{refusal} ({path}); wait until they end, or stop them") from None
    except OSError:
        pass  # A file system without locks: profiles for clusters keep Snakemake's own.
    return file
