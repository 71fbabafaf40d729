"""ImageNet-1k from its folders; images stay in their files until they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_CLASSES = 1000
_SUFFIXES = (".jpeg", ".jpg", ".png")


def read(spec: DatasetSpec) -> Parts:
    """The folders ``train`` and ``val``, one folder per class in each; ``val`` is for testing.

    Raises:
        NascopeError: no such folder, no images below it, or more than 1,000 classes.
    """
    train, test = (_list_folder(spec.folder / name) for name in ("train", "val"))
    classes = 1 + int(max(train.labels.max(), test.labels.max()))
    if classes > _CLASSES:
        raise NascopeError(f"{classes} folders below {spec.folder}, ImageNet has 1,000")
    return Parts(train, test)


def _list_folder(folder: Path) -> Images:
    """Files below one folder per class, and their classes, numbered in the order of the folders' names."""
    if not folder.is_dir():
        raise NascopeError(f"{folder}: no such directory; it should hold a folder of images for each class")
    files: list[Path] = []
    labels: list[int] = []
    for number, name in enumerate(sorted(path.name for path in folder.iterdir() if path.is_dir())):
        found = sorted(path for path in (folder / name).iterdir() if path.suffix.lower() in _SUFFIXES)
        files += found
        labels += [number] * len(found)
    if not files:
        raise NascopeError(f"{folder}: no images below its folders")
    return Images(tuple(files), np.array(labels, dtype=np.int64))


# Nothing to download: ImageNet-1k requires a registration.
SOURCE = Source(
    read,
    classes=_CLASSES,
    channels=3,
    side=224,
    train=1_281_167,
    test=50_000,
    # Those of the DARTS code.
    statistics=((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    own=("train", "val"),
)
