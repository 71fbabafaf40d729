"""Images that stay in their files until they are asked for: ImageNet's folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from nascope.errors import NascopeError

#: Evaluation crops of the mobile setting: the shorter side is brought to 256 pixels, the middle 224x224 are kept.
SIDE, RESIZED = 224, 256
_WORKERS = min(8, len(os.sched_getaffinity(0)))
_SUFFIXES = (".jpeg", ".jpg", ".png")


@dataclass(frozen=True)
class FileImages:
    """Images in files, by index as a (n, 3, 224, 224) uint8 tensor of evaluation crops.

    Attributes:
        paths: a file an image.
        device: where tensors go (None: the CPU).
    """

    paths: tuple[Path, ...]
    device: torch.device | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """As of a tensor."""
        return len(self.paths), 3, SIDE, SIDE

    def __getitem__(self, chosen: slice | Tensor) -> Tensor:
        numbers = range(len(self.paths))[chosen] if isinstance(chosen, slice) else chosen.tolist()
        return self.each(numbers, lambda image, _: _middle(image))

    def each(self, numbers: Sequence[int], treat: Callable[[Image.Image, int], Image.Image]) -> Tensor:
        """Images after ``treat(image, place)``, which gives all the same size; (len(numbers), 3, side, side) uint8.

        Raises:
            NascopeError: a file that is not an image; the message names it.
        """

        def load(place: int) -> Tensor:
            image = treat(_decode(self.paths[numbers[place]]), place)
            return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)

        with ThreadPoolExecutor(_WORKERS) as pool:  # decoding holds no lock
            return torch.stack(list(pool.map(load, range(len(numbers))))).to(self.device)

    def take(self, chosen: Sequence[int]) -> FileImages:
        """Some of the images, still in their files."""
        return FileImages(tuple(self.paths[number] for number in chosen), self.device)

    def join(self, other: FileImages) -> FileImages:
        """Both in one."""
        return FileImages((*self.paths, *other.paths), self.device)

    def to(self, device: torch.device) -> FileImages:
        """The same, with tensors on a device."""
        return FileImages(self.paths, device)


def _decode(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise NascopeError(f"{path}: not a readable image ({error})") from None


def _middle(image: Image.Image) -> Image.Image:
    scale = RESIZED / min(image.size)
    resized = image.resize([max(SIDE, int(side * scale)) for side in image.size], Image.Resampling.BILINEAR)
    left, top = (round((side - SIDE) / 2) for side in resized.size)
    return resized.crop((left, top, left + SIDE, top + SIDE))


def list_folder(folder: Path) -> tuple[list[Path], list[int]]:
    """Files below a folder a class, and their classes, numbered in the order of the folders' names.

    Raises:
        NascopeError: no such folder, or no images below it.
    """
    if not folder.is_dir():
        raise NascopeError(f"{folder}: no such directory; it should hold a folder of images for each class")
    files, labels = [], []
    for number, name in enumerate(sorted(path.name for path in folder.iterdir() if path.is_dir())):
        found = sorted(path for path in (folder / name).iterdir() if path.suffix.lower() in _SUFFIXES)
        files += found
        labels += [number] * len(found)
    if not files:
        raise NascopeError(f"{folder}: no images below its folders")
    return files, labels
