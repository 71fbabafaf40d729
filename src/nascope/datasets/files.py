"""Images that stay in their files until they are asked for: ImageNet's."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from nascope.datasets.decoding import decode
from nascope.errors import NascopeError

#: Evaluation crops of the mobile setting: the shorter side is brought to 256 pixels, the middle 224x224 are kept.
SIDE, RESIZED = 224, 256
_WORKERS = min(8, len(os.sched_getaffinity(0)))


@dataclass(frozen=True)
class FileImages:
    """Images in files, by index as a (n, 3, 224, 224) uint8 tensor of evaluation crops.

    Attributes:
        paths: one file per image.
        device: where tensors go (None: the CPU).
    """

    paths: tuple[Path, ...]
    device: torch.device | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The shape of the tensor of all images."""
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

    def take(self, chosen: Tensor) -> FileImages:
        """Some of the images, still in their files."""
        return FileImages(tuple(self.paths[number] for number in chosen.tolist()), self.device)

    def join(self, other: FileImages) -> FileImages:
        """The images of both."""
        return FileImages((*self.paths, *other.paths), self.device)

    def to(self, device: torch.device) -> FileImages:
        """The same images, whose tensors go to a device."""
        return FileImages(self.paths, device)


def _decode(path: Path) -> Image.Image:
    try:
        return decode(path)
    except NascopeError as error:
        raise NascopeError(f"{path}: {error}") from None


def _middle(image: Image.Image) -> Image.Image:
    scale = RESIZED / min(image.size)
    width, height = (max(SIDE, int(side * scale)) for side in image.size)
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    left, top = (round((side - SIDE) / 2) for side in resized.size)
    return resized.crop((left, top, left + SIDE, top + SIDE))
