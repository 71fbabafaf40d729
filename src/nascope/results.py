"""A results directory: who works on it (one workflow and its jobs), and the dates of its files.

The operating system releases these locks when their process ends, however it ends; nobody ever has to unlock anything.
Where a file system has no such locks (some NFS mounts), marker files with host, process and the time of its start stand
in for them. Those of dead processes are found out on the same host; on another one the message says what to remove.
"""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import re
import time
from contextlib import ExitStack, suppress
from errno import EACCES, EAGAIN
from pathlib import Path

from filelock import SoftFileLock, Timeout

from nascope.errors import NascopeError

log = logging.getLogger(__name__)

_MARKER_SECONDS = 1.0
_TEMPORARY = re.compile(r"\.(parquet|checkpoint|weights)(\.\d+)?\.tmp$")
_ANOTHER = "another nascope workflow is running on these results"
_KILLED = "jobs of a workflow that was killed are still running on these results"
_STARTING = "a workflow is just starting on these results"


class _NoLocksError(Exception):
    """The file system cannot lock files; the message says what it answered."""


def hold_results(directory: Path) -> ExitStack:
    """Lock a results directory for a workflow, until what is returned is closed or this process ends.

    Raises:
        NascopeError: another workflow holds it, jobs of a killed one are still running, or it cannot be written to.
    """
    with ExitStack() as held:
        try:
            held.enter_context(_lock(directory / ".workflow.lock", fcntl.LOCK_EX, _ANOTHER))
            _lock(directory / ".jobs.lock", fcntl.LOCK_EX, _KILLED).close()
        except _NoLocksError as error:
            log.warning("%s: its file system has no locks (%s); marker files stand in for them", directory, error)
            held.enter_context(_marked(directory / ".workflow.held", _ANOTHER))
            for marker in directory.glob(".job-*.held"):
                _marked(marker, _KILLED).close()
        return _kept(held)


def join_results(directory: Path) -> ExitStack:
    """Note that a job works on a results directory, until what is returned is closed or this process ends.

    Raises:
        NascopeError: a workflow is just starting, or the directory cannot be written to.
    """
    with ExitStack() as held:
        try:
            held.enter_context(_lock(directory / ".jobs.lock", fcntl.LOCK_SH, _STARTING))
        except _NoLocksError:
            held.enter_context(_marked(directory / f".job-{os.uname().nodename}-{os.getpid()}.held", _STARTING))
        return _kept(held)


def _kept(held: ExitStack) -> ExitStack:
    """What outlives the block in which it was taken, and is closed at the latest when this process ends."""
    kept = held.pop_all()
    atexit.register(kept.close)
    return kept


def _lock(path: Path, kind: int, refusal: str) -> ExitStack:
    with ExitStack() as held:
        try:
            _make(path.parent)
            file = held.enter_context(path.open("a", encoding="utf-8"))
        except OSError as error:
            raise NascopeError(
                f"results cannot be written: {error}; check who owns the directory and how its disk is mounted"
            ) from None
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (EACCES, EAGAIN):
                raise _NoLocksError(str(error)) from None
            raise NascopeError(f"{refusal} ({path}); wait until that has finished, or stop it") from None
        return held.pop_all()


def _make(directory: Path) -> None:
    if directory.is_file() or (directory.is_symlink() and not directory.exists()):
        what = "a file" if directory.is_file() else f"a link to {directory.readlink()}, which does not exist"
        raise NascopeError(f"results cannot be written: {directory} is {what}; move it away")
    directory.mkdir(parents=True, exist_ok=True)


def _marked(path: Path, refusal: str) -> ExitStack:
    """Make a marker file; one whose process is known to be gone is replaced."""
    marker, held = SoftFileLock(path), ExitStack()
    try:
        # The first attempt removes what a dead process has left, a later one makes ours.
        marker.acquire(timeout=_MARKER_SECONDS, poll_interval=0.1)
    except Timeout:
        raise NascopeError(f"{refusal}: {_holder(path)}; wait until that has finished, or stop it") from None
    except OSError as error:
        raise NascopeError(f"results cannot be written: {error}") from None
    held.callback(marker.release)
    return held


def _holder(path: Path) -> str:
    """Who made a marker, and what to do where it is known that they are gone."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if len(lines) < 2:
        return str(path)
    return f"process {lines[0]} on {lines[1].partition('?')[0]} (if it is gone, remove {path})"


def remove_leftovers(directory: Path) -> None:
    """Remove the temporary files that killed jobs left in a results directory, the store's too.

    Whoever holds the directory (:func:`hold_results`) knows that no job writes to it. Only names that nascope gives are
    taken, now or earlier with the job's number; what belongs to another user and may not be removed stays.
    """
    for folder, _, names in os.walk(directory):
        for name in filter(_TEMPORARY.search, names):
            with suppress(OSError):
                Path(folder, name).unlink()


def forget_the_future(directory: Path) -> None:
    """Give files with a date in the future the present one; Snakemake refuses outputs that are older than their inputs.

    There are such files after the clock was set back. The store is left out: no rule names its files, and there may be
    a million of them. Links are dated as such, wherever they lead.
    """
    now = time.time()
    for folder, below, names in os.walk(directory):
        if Path(folder) == directory and "store" in below:
            below.remove("store")
        for path in (Path(folder) / name for name in names):
            if path.lstat().st_mtime > now:
                _date_now(path)


def _date_now(path: Path) -> None:
    try:
        # Without times: whoever may write to a file may do this, its owner or not.
        os.utime(path, follow_symlinks=False)
    except PermissionError:
        log.warning("%s is dated in the future and belongs to another user: have its owner 'touch' it", path)
    else:
        log.warning("%s was dated in the future (was the clock set back?); its date is now the present", path)
