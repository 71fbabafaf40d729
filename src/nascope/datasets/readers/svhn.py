"""SVHN (Netzer et al. 2011) from its official Matlab files, through torchvision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nascope.datasets.archives import Archive
from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec


def read(spec: DatasetSpec) -> Parts:
    """The 73,257 training and 26,032 test images; the additional ones are not used.

    Raises:
        NascopeError: files that are missing or damaged.
    """
    from torchvision.datasets import SVHN  # Slow to import.

    try:
        train, test = (SVHN(str(spec.folder), split=split, download=False) for split in ("train", "test"))
    except RuntimeError as error:
        raise NascopeError(
            f"{spec.folder} lacks the official train_32x32.mat and test_32x32.mat, or they are damaged ({error})"
        ) from None
    return Parts(
        Images(np.ascontiguousarray(train.data), train.labels), Images(np.ascontiguousarray(test.data), test.labels)
    )


SOURCE = Source(
    read,
    classes=10,
    channels=3,
    side=32,
    train=73_257,
    test=26_032,
    archives=(
        Archive(
            "http://ufldl.stanford.edu/housenumbers/train_32x32.mat",
            182_040_794,
            "e26dedcc434d2e4c54c9b2d4a06d8373",
            ("train_32x32.mat",),
        ),
        Archive(
            "http://ufldl.stanford.edu/housenumbers/test_32x32.mat",
            64_275_384,
            "eb5a983be6a315427106f1b164d9cef3",
            ("test_32x32.mat",),
        ),
    ),
)
