"""Which device a job computes on.

``resources: gpu=1`` is only a counter to Snakemake. A job that was granted a GPU therefore leases one of the visible
cards (those of CUDA_VISIBLE_DEVICES, or all): it locks a file of the card for as long as it lives, in a directory that
all users of this machine share; a killed process frees it at once. Cards on which other programs compute are passed
over. Within a SLURM job the cards are the job's own: they are leased among its processes, and a job that was given one
without asking Snakemake for it (``--gres``) computes on it too.

Cards are numbered as nvidia-smi numbers them. To rehearse a run on a machine without GPUs, set ``NASCOPE_PRETEND_GPUS``
to a number of them: devices are leased as real ones are, and the jobs compute on the CPU.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nascope.errors import NascopeError
from nascope.training.cards import PRETEND, Card, list_cards, processes_on

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
#: Of this machine, and open to all its users; TMPDIR is often one user's. FileLock follows no links and writes nothing.
_SHARED = "/tmp"
_LEASES = "NASCOPE_LEASES"
#: The card that this process has leased, for the history of jobs; it stays when the lease has ended.
_LEASED = "NASCOPE_LEASED_GPU"
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_ORDER = "CUDA_DEVICE_ORDER"


def require_cards() -> list[Card]:
    """The cards that a job may use.

    Raises:
        NascopeError: there are none.
    """
    cards = visible_cards(list_cards(), os.environ.get(_VISIBLE))
    if not cards:
        hidden = f" ({_VISIBLE} is {os.environ[_VISIBLE]!r})" if _VISIBLE in os.environ else ""
        raise NascopeError(
            f"a GPU was asked for (--resources gpu=N), but this machine has none that nvidia-smi and {_VISIBLE} "
            f"show{hidden}; leave the option out to compute on the CPU"
        )
    return cards


def check_cards() -> None:
    """Say before a workflow starts which of its cards other programs use.

    Raises:
        NascopeError: there are no cards.
    """
    for card in require_cards():
        if users := _others_on(card):
            log.warning("GPU %s is passed over while other programs compute on it (process %s)", card.name, users)


def visible_cards(cards: list[Card], visible: str | None) -> list[Card]:
    """The cards that CUDA_VISIBLE_DEVICES names: by number or (start of a) UUID, up to the first that is no name.

    Args:
        cards: what nvidia-smi lists; names that are not among them are taken as they are.
        visible: the variable's value; None where it is not set.
    """
    if visible is None:
        return cards
    chosen: list[Card] = []
    for name in (part.strip() for part in visible.split(",")):
        if not (name.isdigit() or name.startswith(("GPU-", "MIG-"))):
            break  # as CUDA reads it: -1, nothing, NoDevFiles
        uuids = [card.uuid for card in cards if name == card.name or (card.uuid and card.uuid.startswith(name))]
        chosen.append(Card(name, uuids[0] if uuids else None))
    return chosen


@contextmanager
def leased_device(gpus: int, directory: Path | None = None) -> Iterator[str]:
    """Yield the torch device of a job that was granted ``gpus`` GPUs (0: ``"cpu"``, unless SLURM gave it one).

    Call it before torch is imported. Waits for a free card where all are leased or busy.

    Raises:
        NascopeError: no card is visible, none can be leased, or more than one was granted.
    """
    if gpus > 1:
        raise NascopeError(f"this job was granted {gpus} GPUs, but a job computes on one: set its gpu to 1")
    if not gpus and not _given_by_slurm():
        yield "cpu"
        return
    cards = require_cards()
    before = {name: os.environ.get(name) for name in (_VISIBLE, _ORDER)}
    with _lease(cards, directory or Path(os.environ.get(_LEASES, _SHARED))) as card:
        # CUDA's own order is by speed; without this a number would name another card than in nvidia-smi.
        os.environ.update({_VISIBLE: card.name, _ORDER: "PCI_BUS_ID", _LEASED: card.name})
        try:
            yield "cpu" if PRETEND in os.environ else "cuda"
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _given_by_slurm() -> bool:
    """Whether SLURM gave this job cards, whatever Snakemake knows of them."""
    if "SLURM_JOB_ID" not in os.environ:
        return False
    given = any(os.environ.get(name) for name in ("SLURM_JOB_GPUS", "SLURM_STEP_GPUS"))
    return given or bool(visible_cards([], os.environ.get(_VISIBLE)))


def _others_on(card: Card) -> str:
    """The processes that compute on a free card; SLURM has seen to that for its jobs."""
    return "" if "SLURM_JOB_ID" in os.environ or card.uuid is None else ", ".join(processes_on(card.uuid))


def _lock_of(card: Card, directory: Path) -> FileLock:
    # Numbers within SLURM jobs may all start at 0 although the cards are different; UUIDs are never the same.
    job = os.environ.get("SLURM_JOB_ID")
    name = card.uuid or (f"slurm-{job}-{card.name}" if job else card.name)
    return FileLock(directory / f"nascope-gpu-{name}.lock", mode=0o666)


@contextmanager
def _lease(cards: list[Card], directory: Path) -> Iterator[Card]:
    waited = False
    while True:
        taken: dict[str, str] = {}
        for card in cards:
            lock = _lock_of(card, directory)
            reason = _taken(lock, card)
            if reason is None:
                log.info("leased GPU %s", card.name)
                try:
                    yield card
                finally:
                    log.info("freed GPU %s", card.name)
                    lock.release()
                return
            taken[card.name] = reason
        if not waited:
            log.warning("waiting for a GPU: %s", "; ".join(f"{name} {reason}" for name, reason in taken.items()))
            waited = True
        time.sleep(_POLL_SECONDS)


def _taken(lock: FileLock, card: Card) -> str | None:
    """Take a card's lock, or say why it cannot be had now.

    Raises:
        NascopeError: it can never be had.
    """
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return "is leased"
    except OSError as error:
        raise NascopeError(
            f"GPU {card.name} cannot be leased: {error}; set {_LEASES} to a directory of this machine that all its "
            "users can write to"
        ) from None
    if users := _others_on(card):
        lock.release()
        return f"is used by process {users}"
    return None
