"""A results directory: who works on it (one workflow, and its jobs), and its dates.

The system frees these locks when their process ends, however it ends, so nothing is left to be unlocked.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from pathlib import Path
from typing import IO

from nascope.errors import NascopeError

log = logging.getLogger(__name__)


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


def forget_the_future(directory: Path) -> None:
    """Where the clock has gone back, date files of the future as of now: Snakemake refuses outputs older than inputs.

    The store is left out: no rule names its files, and there may be a million of them.
    """
    now = time.time()
    for folder, below, names in os.walk(directory):
        if Path(folder) == directory and "store" in below:
            below.remove("store")
        for path in (Path(folder) / name for name in names):
            if path.lstat().st_mtime > now:
                os.utime(path, (now, now))
                log.warning("%s was of the future: the clock has gone back", path)
