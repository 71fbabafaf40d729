"""Tiny-ImageNet-200 from its published folder: 200 classes of 64x64 images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from nascope.datasets.archives import Archive
from nascope.datasets.decoding import decode
from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_SIDE = 64


def read(spec: DatasetSpec) -> Parts:
    """The 100,000 training images, and as test images the 10,000 validation images, whose labels are published.

    Classes are numbered in the order of their WordNet names. The unlabelled test images are not read. The data set's
    root holds ``tiny-imagenet-200``, as unpacked.

    Raises:
        NascopeError: a missing folder or file, an unknown class, or an image that is not 64x64; the message names it.
    """
    root, folder = spec.folder, spec.folder / "tiny-imagenet-200"
    try:
        names = sorted((folder / "wnids.txt").read_text(encoding="utf-8").split())
        lines = (folder / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NascopeError(f"{error.filename}: {error.strerror}; unpack tiny-imagenet-200.zip in {root}") from None
    numbers = {name: number for number, name in enumerate(names)}
    train = [
        (path, numbers[name]) for name in names for path in sorted((folder / "train" / name).glob("images/*.JPEG"))
    ]
    if not train:
        raise NascopeError(
            f"{folder / 'train'}: no images below <class>/images; unpack tiny-imagenet-200.zip in {root}"
        )
    valid = _annotated(folder / "val", lines, numbers)
    return Parts(_read(train, "training"), _read(valid, "validation"))


def _annotated(folder: Path, lines: Sequence[str], numbers: dict[str, int]) -> list[tuple[Path, int]]:
    """Files and classes of the validation images."""
    items = []
    for line, text in enumerate(lines, start=1):
        file, name, *_ = (*text.split("\t"), "")
        if name not in numbers:
            raise NascopeError(f"{folder / 'val_annotations.txt'}, line {line}: unknown class {name!r}")
        items.append((folder / "images" / file, numbers[name]))
    return items


def _read(items: Sequence[tuple[Path, int]], what: str) -> Images:
    pixels = np.empty((len(items), 3, _SIDE, _SIDE), dtype=np.uint8)
    for place, (path, _) in enumerate(tqdm(items, desc=f"Tiny-ImageNet {what} images", mininterval=5)):
        try:
            found = np.asarray(decode(path))
        except NascopeError as error:
            raise NascopeError(f"{path}: {error}; unpack tiny-imagenet-200.zip again") from None
        if found.shape[:2] != (_SIDE, _SIDE):
            raise NascopeError(f"{path}: {found.shape[1]}x{found.shape[0]} pixels, Tiny-ImageNet has 64x64")
        pixels[place] = found.transpose(2, 0, 1)
    return Images(pixels, np.array([label for _, label in items], dtype=np.int64))


SOURCE = Source(
    read,
    classes=200,
    channels=3,
    side=_SIDE,
    train=100_000,
    test=10_000,
    # Those of Shu et al.'s code.
    statistics=((0.4802, 0.4481, 0.3975), (0.2302, 0.2265, 0.2262)),
    archives=(
        Archive(
            "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
            248_100_043,
            "90528d7ca1a48142e341f4ef8d21d0de",
            ("tiny-imagenet-200",),
        ),
    ),
)
