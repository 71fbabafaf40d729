"""The papers' splits of a training set into train and valid, as index arrays."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from nascope.errors import NascopeError

#: The shuffle behind NAS-Bench-201's cifar-split.txt.
NASBENCH201_SEED = 1021

Indices = NDArray[np.int64]


def nasbench201_halves(count: int) -> tuple[Indices, Indices]:
    """NAS-Bench-201's halves of CIFAR-10's 50,000 training images (section 2.3 of the paper)."""
    indices = list(range(count))
    random.Random(NASBENCH201_SEED).shuffle(indices)
    half = count // 2
    return np.sort(indices[:half]), np.sort(indices[half:])


def split_indices(kind: str, count: int) -> tuple[Indices, Indices]:
    """Train and valid indices.

    Args:
        kind: ``"nasbench201"`` (random halves), ``"first_half"`` (DARTS search), ``"first_80"``
            (NAS-Bench-301 and Wan et al.: the last fifth is valid), ``"all"`` (no validation images).
        count: number of training images.

    Raises:
        NascopeError: an unknown kind.
    """
    everything = np.arange(count)
    match kind:
        case "nasbench201":
            return nasbench201_halves(count)
        case "first_half":
            return everything[: count // 2], everything[count // 2 :]
        case "first_80":
            return everything[: count * 4 // 5], everything[count * 4 // 5 :]
        case "all":
            return everything, everything[:0]
    raise NascopeError(f"unknown split {kind!r}: choose nasbench201, first_half, first_80 or all")
