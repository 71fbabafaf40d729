"""Which device a job computes on.

``resources: gpu=1`` is only a counter to Snakemake. A local job that was granted a GPU therefore leases one: it locks a
file of the device, in a directory of this machine, for as long as it lives (a killed process frees it at once). Where a
scheduler or a user has set CUDA_VISIBLE_DEVICES, the device is already chosen.

To rehearse a run on a machine without GPUs, set ``NASCOPE_PRETEND_GPUS`` to a number of them: devices are leased as
real ones are, and the jobs compute on the CPU.
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_runtime_path

from nascope.errors import NascopeError

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_PRETEND = "NASCOPE_PRETEND_GPUS"


def list_gpus() -> list[str]:
    """Indices of this machine's NVIDIA GPUs, found without importing torch; or of the pretended ones."""
    if _PRETEND in os.environ:
        return [str(index) for index in range(int(os.environ[_PRETEND]))]
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    return answer.stdout.split()


def require_gpus() -> list[str]:
    """The GPUs a job may use.

    Raises:
        NascopeError: there are none.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    gpus = [index for index in visible.split(",") if index] if visible is not None else list_gpus()
    if not gpus:
        raise NascopeError(
            "a GPU was asked for (--resources gpu=N), but neither nvidia-smi nor CUDA_VISIBLE_DEVICES shows one on "
            "this machine; leave the option out to compute on the CPU"
        )
    return gpus


@contextmanager
def leased_device(gpus: int, directory: Path | None = None) -> Iterator[str]:
    """Yield the torch device of a job that was granted ``gpus`` GPUs (0: ``"cpu"``).

    Call it before torch is imported. Waits for a free device where all are leased.
    """
    if not gpus:
        yield "cpu"
        return
    available = require_gpus()
    device = "cpu" if _PRETEND in os.environ else "cuda"
    if "CUDA_VISIBLE_DEVICES" in os.environ or "SLURM_JOB_ID" in os.environ:
        log.info("GPU %s was given to this job", os.environ.get("CUDA_VISIBLE_DEVICES", "(any)"))
        yield device
        return
    with _lease(available, directory or user_runtime_path("nascope")) as index:
        os.environ["CUDA_VISIBLE_DEVICES"] = index
        try:
            yield device
        finally:
            del os.environ["CUDA_VISIBLE_DEVICES"]


@contextmanager
def _lease(devices: list[str], directory: Path) -> Iterator[str]:
    directory.mkdir(parents=True, exist_ok=True)
    while True:
        for index in devices:
            lock = FileLock(directory / f"gpu-{index}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            log.info("leased GPU %s", index)
            try:
                yield index
            finally:
                log.info("freed GPU %s", index)
                lock.release()
            return
        time.sleep(_POLL_SECONDS)
