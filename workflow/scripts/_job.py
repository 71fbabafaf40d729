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


def use_threads(threads: int) -> None:
    """Let torch use exactly the rule's threads."""
    import torch

    torch.set_num_threads(threads)
