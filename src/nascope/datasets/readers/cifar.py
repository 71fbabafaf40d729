"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009) from their official Python files, through torchvision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nascope.datasets.archives import Archive
from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec


def read(spec: DatasetSpec) -> Parts:
    """The 50,000 training and 10,000 test images.

    Raises:
        NascopeError: no such directory, or files that are missing or not the official ones.
    """
    from torchvision.datasets import CIFAR10, CIFAR100  # Slow to import, and the embedded default does without it.

    reader = {"cifar10": CIFAR10, "cifar100": CIFAR100}[spec.source]
    if not spec.folder.is_dir():
        raise NascopeError(
            f"there is no directory {spec.folder}; put the official {spec.source} python files there "
            f"({reader.base_folder}/...) or set its root in the config"
        )
    try:
        train, test = (reader(spec.folder, train=train, download=False) for train in (True, False))
    except RuntimeError as error:
        raise NascopeError(
            f"{spec.folder / reader.base_folder} is missing, incomplete or not the official files ({error})"
        ) from None
    return Parts(
        Images(np.ascontiguousarray(train.data.transpose(0, 3, 1, 2)), np.array(train.targets)),
        Images(np.ascontiguousarray(test.data.transpose(0, 3, 1, 2)), np.array(test.targets)),
    )


CIFAR10 = Source(
    read,
    classes=10,
    channels=3,
    side=32,
    train=50_000,
    test=10_000,
    # Those of the DARTS code.
    statistics=((0.49139968, 0.48215827, 0.44653124), (0.24703233, 0.24348505, 0.26158768)),
    archives=(
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            170_498_071,
            "c58f30108f718f92721af3b95e74349a",
            ("cifar-10-batches-py",),
        ),
    ),
)
CIFAR100 = Source(
    read,
    classes=100,
    channels=3,
    side=32,
    train=50_000,
    test=10_000,
    # Those of NAS-Bench-201's code.
    statistics=((129.3 / 255, 124.1 / 255, 112.4 / 255), (68.2 / 255, 65.4 / 255, 70.4 / 255)),
    archives=(
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            169_001_437,
            "eb9058c3a382ffc7106e4002c42a8d85",
            ("cifar-100-python",),
        ),
    ),
)
