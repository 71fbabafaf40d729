"""Seals: SHA-256 sums inside files, by which damage is noticed before anything interprets the file.

Parquet's own page checksums leave out page headers and the footer, and a flipped bit there can give other values or let
the reader wait for ever; PyTorch checks no sums at all.
"""

from __future__ import annotations

import hashlib
import mmap
from enum import Enum
from pathlib import Path

_MARKER = b"nascope:sha256:\0"
_SIZE = len(_MARKER) + hashlib.sha256().digest_size


class Seal(Enum):
    """What a file's seal says of it."""

    WHOLE = "whole"
    BROKEN = "broken"
    ABSENT = "absent"


def seal(path: Path, before: int = 0) -> None:
    """Insert the sum of a file's bytes.

    Args:
        path: the file, which no one else reads yet.
        before: how many bytes stay behind the seal, for formats that are read from their end.
    """
    with path.open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(-before, 2)
        behind = file.read(before)
        file.seek(-before, 2)
        file.write(_MARKER + digest + behind)


def check_seal(path: Path) -> Seal:
    """Whether a file's bytes are those that were sealed."""
    if not path.stat().st_size:
        return Seal.ABSENT
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = content.rfind(_MARKER)
        if place < 0:
            return Seal.ABSENT
        with memoryview(content) as view, view[:place] as front, view[place + _SIZE :] as behind:
            digest = hashlib.sha256(front)
            digest.update(behind)
            found = view[place + len(_MARKER) : place + _SIZE].tobytes()
    return Seal.WHOLE if found == digest.digest() else Seal.BROKEN
