"""scikit-learn's digits, which come with the package: 1,797 grey images of 8x8 pixels."""

from __future__ import annotations

from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError
from nascope.loading import data_file

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_TRAIN, _VALID, _TEST = 1000, 397, 400
_SIDE = 8
#: Brings 17 grey levels (0 to 16) to 0 to 240.
_SCALE = 15
#: Part of each image, in the file's order: 0 train, 1 valid, 2 test. Drawn once and for all by scikit-learn's
#: ``train_test_split``, stratified by class, with random state 0.
_PARTS = data_file(__file__, "digits_parts.txt")
_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def read(spec: DatasetSpec) -> Parts:
    """All images, divided in the one way that there is; ``spec`` decides nothing.

    Raises:
        NascopeError: scikit-learn brings another file than the one whose images were divided.
    """
    file = _file()
    if sha256(file.read_bytes()).hexdigest() != _SHA256:
        raise NascopeError(f"{file} is not the file that nascope knows; install scikit-learn again")
    rows = np.loadtxt(file, delimiter=",")
    pixels = (rows[:, :-1] * _SCALE).astype(np.uint8).reshape(-1, 1, _SIDE, _SIDE)
    labels = rows[:, -1].astype(np.int64)
    part_of = np.array(list("".join(_PARTS.read_text().split())))
    train, valid, test = (Images(pixels[part_of == part], labels[part_of == part]) for part in "012")
    return Parts(train=train, valid=valid, test=test)


def _file() -> Path:
    """The file in scikit-learn, found without importing it, which takes a second."""
    found = find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise NascopeError("the digits come with scikit-learn, which is not installed: pip install scikit-learn")
    return Path(found.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")


SOURCE = Source(read, classes=10, channels=1, side=_SIDE, train=_TRAIN, valid=_VALID, test=_TEST, embedded=True)
