"""Checkpoints that are either whole or not there."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import torch

from nascope.seal import Seal, check_seal, seal

log = logging.getLogger(__name__)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` under a temporary name, seal it, flush it to disk and rename it.

    The temporary name is always the same, so that the next attempt overwrites what a killed one has left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        torch.save(state, temporary)
        seal(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Read a checkpoint of tensors and plain values; None where there is none or it is damaged.

    A damaged one (other bytes than were written, or unreadable) is named in the log and removed: the training starts
    again from its beginning.
    """
    if not path.exists():
        return None
    try:
        if not is_whole(path):
            raise ValueError("its bytes are not those that were written")
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file, none of them documented
        log.warning("checkpoint %s is unreadable (%s: %s); starting again", path, type(error).__name__, error)
        path.unlink(missing_ok=True)
        return None
    return state


def is_whole(path: Path) -> bool:
    """Whether a checkpoint is there with the bytes that were written."""
    return path.exists() and check_seal(path) is Seal.WHOLE
