"""What every script does around its one library call: log, threads, and errors a user can read."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nascope.errors import NascopeError
from nascope.provenance import provenance


@contextmanager
def job(snakemake: Any) -> Iterator[dict[str, str]]:
    """Log to the rule's log file, yield the provenance of its tables, and turn a user's error into one message."""
    os.environ.setdefault("OMP_NUM_THREADS", str(snakemake.threads))
    with open(snakemake.log[0], "w", buffering=1, encoding="utf-8") as log:
        sys.stderr = log
        logging.basicConfig(stream=log, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        try:
            yield provenance(snakemake.config)
        except NascopeError as error:
            log.write(f"error: {error}\n")
            sys.stderr = sys.__stderr__
            sys.exit(f"nascope: {error}")
        except Exception:
            logging.getLogger(__name__).exception("unexpected error")
            raise
        finally:
            sys.stderr = sys.__stderr__


def prepare_torch(threads: int, device: str) -> None:
    """Import torch, let it use exactly the rule's threads, and check that it can use the device."""
    import torch

    torch.set_num_threads(threads)
    if device == "cuda" and not torch.cuda.is_available():
        raise NascopeError(
            f"this job was granted a GPU (CUDA_VISIBLE_DEVICES={os.environ.get('CUDA_VISIBLE_DEVICES')}), but torch "
            "cannot use it; check the driver with nvidia-smi, or leave --resources gpu=N out"
        )


def named(entry: Any, place: str) -> Any:
    """A config entry that another one names; a message where there is none of that name."""
    if entry is None:
        raise NascopeError(f"config: {place} names something that the config does not define")
    return entry
