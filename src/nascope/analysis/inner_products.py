"""Inner products of vectors that are too many, and too long, to be held in memory at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

#: Memory for the part of all vectors that is multiplied at once.
_PART_BYTES = 64 * 2**20


def gram_matrix(vectors: Iterable[np.ndarray], folder: Path) -> np.ndarray:
    """All inner products, (vectors, vectors), summed in float64.

    Vectors are written to a temporary file one after the other, and read back a range of their entries at a time.

    Args:
        vectors: float32, all of one length.
        folder: where the temporary file is created; it takes four bytes per entry.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        count = length = 0
        for vector in vectors:
            file.write(vector.astype(np.float32, copy=False).tobytes())
            count, length = count + 1, len(vector)
        gram = np.zeros((count, count))
        width = max(1, _PART_BYTES // (8 * count))
        for start in range(0, length, width):
            entries = min(width, length - start)
            part = np.stack([_read(file, number * length + start, entries) for number in range(count)])
            gram += part @ part.T
    return gram


def _read(file: IO[bytes], first: int, entries: int) -> np.ndarray:
    size = np.dtype(np.float32).itemsize
    file.seek(first * size)
    return np.frombuffer(file.read(entries * size), dtype=np.float32).astype(np.float64)
