"""A results directory: who works on it (one workflow and its jobs), and the dates of its files.

The operating system releases these locks when their process ends, however it ends; nobody ever has to unlock anything.
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
    """Lock a results directory for a workflow, for as long as the returned file is open.

    Raises:
        NascopeError: another workflow holds it, jobs of a killed one are still running, or it cannot be written to.
    """
    held = _lock(directory / ".workflow.lock", fcntl.LOCK_EX, "another nascope workflow is running on these results")
    killed = "jobs of a workflow that was killed are still running on these results"
    _lock(directory / ".jobs.lock", fcntl.LOCK_EX, killed).close()
    return held


def join_results(directory: Path) -> IO[str]:
    """Note that a job works on a results directory, for as long as the returned file is open.

    Raises:
        NascopeError: a workflow is just starting, or the directory cannot be written to.
    """
    return _lock(directory / ".jobs.lock", fcntl.LOCK_SH, "a workflow is just starting on these results")


def _lock(path: Path, kind: int, refusal: str) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise NascopeError(
            f"results cannot be written: {error}; check who owns the directory and how its disk is mounted"
        ) from None
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise NascopeError(f"{refusal} ({path}); wait until that has finished, or stop it") from None
    except OSError:
        pass  # A file system without locks; profiles for clusters keep Snakemake's own.
    return file


def forget_the_future(directory: Path) -> None:
    """Give files with a date in the future the present one; Snakemake refuses outputs that are older than their inputs.

    There are such files after the clock was set back. The store is left out: no rule names its files, and there may be
    a million of them.
    """
    now = time.time()
    for folder, below, names in os.walk(directory):
        if Path(folder) == directory and "store" in below:
            below.remove("store")
        for path in (Path(folder) / name for name in names):
            if path.lstat().st_mtime > now:
                os.utime(path, (now, now))
                log.warning("%s was dated in the future (was the clock set back?); its date is now the present", path)
