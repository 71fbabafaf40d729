"""What nvidia-smi says of this machine's GPUs, asked without importing torch and without waiting for ever."""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import dataclass

log = logging.getLogger(__name__)

PRETEND = "NASCOPE_PRETEND_GPUS"
#: A healthy driver answers within a second or two, a broken one never.
_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Card:
    """A GPU.

    Attributes:
        name: what CUDA_VISIBLE_DEVICES calls it: nvidia-smi's number, or a UUID.
        uuid: None where it is not known.
    """

    name: str
    uuid: str | None = None


def list_cards() -> list[Card]:
    """This machine's NVIDIA GPUs, or the pretended ones."""
    if PRETEND in os.environ:
        return [Card(str(number), f"pretended-{number}") for number in range(int(os.environ[PRETEND]))]
    return [Card(number, uuid) for number, uuid in _ask("--query-gpu=index,uuid")]


def processes_on(uuid: str) -> list[str]:
    """The ids of the processes that compute on a card."""
    if PRETEND in os.environ:
        return []
    return [process for card, process in _ask("--query-compute-apps=gpu_uuid,pid") if card == uuid]


def _ask(query: str) -> list[tuple[str, str]]:
    """Rows of two values; none where there is no nvidia-smi or it does not answer."""
    try:
        process = subprocess.Popen(
            ["nvidia-smi", query, "--format=csv,noheader"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return []
    try:
        answer, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        # A process that hangs in the driver cannot even be killed: do not wait for its end, as subprocess.run would.
        process.kill()
        log.warning("nvidia-smi has not answered within %g seconds; its GPUs are taken as unknown", _TIMEOUT_SECONDS)
        return []
    if process.returncode:
        return []
    rows = [[value.strip() for value in line.split(",")] for line in answer.splitlines()]
    return [(row[0], row[1]) for row in rows if len(row) == 2]
