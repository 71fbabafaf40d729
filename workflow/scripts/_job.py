"""What every script does around its one library call: log, threads, and errors a user can read."""

import io
import json
import logging
import os
import platform
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nascope.errors import DamagedTableError, NascopeError, lacks_room
from nascope.memory import lacks_memory, on_gpu
from nascope.provenance import provenance
from nascope.results import join_results

# What happened in all attempts of all jobs, one JSON object per line; logs are emptied at each attempt.
HISTORY = Path("results/history.jsonl")
LESS_MEMORY = "use a larger one, or lower batch_size or understanding.geometry.points in the config"


@contextmanager
def job(snakemake: Any) -> Iterator[dict[str, str]]:
    """Log to the rule's log file, yield the provenance of its tables, and turn a user's error into one message."""
    os.environ.setdefault("OMP_NUM_THREADS", str(snakemake.threads))
    with noted(snakemake), _logged(snakemake.log[0]) as log:
        try:
            with join_results(Path("results")):
                yield provenance(snakemake.config)
        except Exception as error:
            message = _message(error)
            if message is None:
                logging.getLogger(__name__).exception("unexpected error")
                raise
            log.write(f"error: {message}\n")
            sys.exit(f"nascope: {message}")


@contextmanager
def _logged(path: str) -> Iterator["Log"]:
    """Let log, warnings and progress go to a file."""
    try:
        log = Log(path)
    except OSError:  # no inode is left, for example: the job says so itself where it writes tables
        log = Log(os.devnull)
    sys.stderr = log
    logging.basicConfig(stream=log, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        yield log
    finally:
        sys.stderr = sys.__stderr__
        with suppress(OSError):
            log.close()


class Log(io.TextIOWrapper):
    """A log file. On a full disk its lines are lost, so that the job comes to its own error and message."""

    def __init__(self, path: str) -> None:
        super().__init__(io.FileIO(path, "w"), encoding="utf-8", write_through=True)

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)


def _message(error: Exception) -> str | None:
    """What a user can do about an error; None where it is unexpected."""
    if isinstance(error, DamagedTableError):
        return f"{error}{_set_aside(error.path)}"
    if isinstance(error, NascopeError):
        return str(error)
    if lacks_room(error):
        return f"no room left ({error}); make some and type the same command again: nothing is half-written"
    if lacks_memory(error):
        where = "the GPU" if on_gpu(error) else f"{platform.node()}, or what this job may use of it,"
        return f"{where} has too little memory ({error or type(error).__name__}); {LESS_MEMORY}"
    return None


def _set_aside(path: Path) -> str:
    """Move a damaged table of the workflow out of the way, so that the next run makes it again; a user's file stays."""
    if not path.is_relative_to("results"):
        return "; replace it"
    path.rename(path.with_name(f"{path.name}.damaged"))
    return f"; it is now {path.name}.damaged: type the same command again to make it again"


@contextmanager
def noted(snakemake: Any) -> Iterator[None]:
    """Write a line at the start and one at the end of an attempt; one that is killed has no second line."""
    who = {"rule": snakemake.rule, "wildcards": dict(snakemake.wildcards.items()), "pid": os.getpid()}
    where = {"host": platform.node(), "gpu": os.environ.get("CUDA_VISIBLE_DEVICES")}
    where["slurm_job"] = os.environ.get("SLURM_JOB_ID")
    _note({**who, **where, "event": "start"})
    outcome, started = "failed", time.monotonic()
    try:
        yield
        outcome = "done"
    except SystemExit as error:
        outcome = f"exit {error.code}"[:200]
        raise
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        spent = {"seconds": round(time.monotonic() - started, 3), "peak_mib": peak}
        _note({**who, "gpu": os.environ.get("NASCOPE_LEASED_GPU"), "event": outcome, **spent})


def _note(facts: dict[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    # One short write, so that lines of parallel jobs do not mix. A full disk is reported where tables are written.
    with suppress(OSError), HISTORY.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"time": now, **facts}) + "\n")


def prepare_torch(threads: int, device: str) -> None:
    """Import torch, let it use exactly the rule's threads, and check that it can use the device."""
    import torch

    torch.set_num_threads(threads)
    if device == "cuda" and not torch.cuda.is_available():
        raise NascopeError(
            f"this job was granted a GPU (CUDA_VISIBLE_DEVICES={os.environ.get('CUDA_VISIBLE_DEVICES')}), but torch "
            "cannot use it; check the driver with nvidia-smi, or leave --resources gpu=N out"
        )
