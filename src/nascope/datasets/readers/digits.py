"""scikit-learn's digits, which come with the package: 1,797 grey images of 8x8 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nascope.datasets.source import Images, Parts, Source

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

#: Images of train, valid and test, drawn once and for all, stratified by class.
_TRAIN, _VALID, _TEST = 1000, 397, 400
_SEED = 0
#: Brings 17 grey levels (0 to 16) to 0 to 240.
_SCALE = 15


def read(spec: DatasetSpec) -> Parts:
    """All images, divided in the one way that there is; ``spec`` decides nothing."""
    from sklearn.datasets import load_digits  # Slow to import.

    bunch = load_digits()
    pixels = (bunch.images * _SCALE).astype(np.uint8)[:, None]
    labels = bunch.target.astype(np.int64)
    rest, train = _stratified(np.arange(len(labels)), labels, _TRAIN)
    test, valid = _stratified(rest, labels, _VALID)
    parts = [Images(pixels[part], labels[part]) for part in (train, valid, test)]
    return Parts(train=parts[0], valid=parts[1], test=parts[2])


def _stratified(
    indices: NDArray[np.int64], labels: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rest of the indices and ``size`` drawn ones, both in order."""
    from sklearn.model_selection import train_test_split  # Slow to import.

    rest, drawn = train_test_split(indices, test_size=size, random_state=_SEED, stratify=labels[indices])
    return np.sort(rest), np.sort(drawn)


SOURCE = Source(read, classes=10, channels=1, side=8, train=_TRAIN, valid=_VALID, test=_TEST, embedded=True)
