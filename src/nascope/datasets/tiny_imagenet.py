"""Tiny-ImageNet-200 from its published folder: 200 classes of 64x64 images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from tqdm import tqdm

from nascope.datasets.images import Split
from nascope.errors import NascopeError

_SIDE = 64


def read_tiny_imagenet(root: Path) -> tuple[Split, Split]:
    """The 100,000 training images and the 10,000 validation images, whose labels are published.

    Classes are numbered in the order of their WordNet names. The unlabelled test images are not read.

    Args:
        root: directory that holds ``tiny-imagenet-200``, as unpacked.

    Raises:
        NascopeError: a missing folder or file, an unknown class or an image that is not 64x64; the message names it.
    """
    folder = root / "tiny-imagenet-200"
    try:
        names = sorted((folder / "wnids.txt").read_text(encoding="utf-8").split())
        lines = (folder / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NascopeError(f"{error.filename}: {error.strerror}; unpack tiny-imagenet-200.zip in {root}") from None
    numbers = {name: number for number, name in enumerate(names)}
    train = [
        (path, numbers[name]) for name in names for path in sorted((folder / "train" / name).glob("images/*.JPEG"))
    ]
    valid = []
    for line, text in enumerate(lines, start=1):
        file, name, *_ = (*text.split("\t"), "")
        if name not in numbers:
            raise NascopeError(f"{folder / 'val' / 'val_annotations.txt'}, line {line}: unknown class {name!r}")
        valid.append((folder / "val" / "images" / file, numbers[name]))
    if not train:
        raise NascopeError(
            f"{folder / 'train'}: no images below <class>/images; unpack tiny-imagenet-200.zip in {root}"
        )
    return _read(train, "training"), _read(valid, "validation")


def _read(items: Sequence[tuple[Path, int]], what: str) -> Split:
    images = torch.empty(len(items), 3, _SIDE, _SIDE, dtype=torch.uint8)
    for place, (path, _) in enumerate(tqdm(items, desc=f"Tiny-ImageNet {what} images", mininterval=5)):
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB"))
        except (OSError, UnidentifiedImageError) as error:
            raise NascopeError(f"{path}: not a readable image ({error}); unpack tiny-imagenet-200.zip again") from None
        if pixels.shape[:2] != (_SIDE, _SIDE):
            raise NascopeError(f"{path}: {pixels.shape[1]}x{pixels.shape[0]} pixels, Tiny-ImageNet has 64x64")
        images[place] = torch.from_numpy(pixels.copy()).permute(2, 0, 1)
    return Split(images, torch.tensor([label for _, label in items]))
