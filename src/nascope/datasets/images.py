"""Data sets: three splits of images, and the statistics that normalise them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nascope.datasets.files import FileImages
from nascope.errors import NascopeError


@dataclass(frozen=True)
class Split:
    """Images (n, channels, height, width) as uint8, resident or in files, and labels (n,) as int64."""

    images: Tensor | FileImages
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def join(self, other: Split) -> Split:
        """Both splits in one."""
        return Split(_joined(self.images, other.images), torch.cat([self.labels, other.labels]))

    def take(self, chosen: Tensor) -> Split:
        """The images whose numbers are ``chosen``."""
        images = self.images.take(chosen) if isinstance(self.images, FileImages) else self.images[chosen]
        return Split(images, self.labels[chosen])

    def sample(self, size: int, seed: int) -> Split:
        """A random choice of ``size`` images; all of them, in their order, for 0.

        Raises:
            NascopeError: there are fewer.
        """
        if not size:
            return self
        if size > len(self):
            raise NascopeError(f"{size} images asked for, there are {len(self)}")
        return self.take(torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))[:size])

    def to(self, device: torch.device) -> Split:
        """The split on a device."""
        return Split(self.images.to(device), self.labels.to(device))


def _joined(first: Tensor | FileImages, second: Tensor | FileImages) -> Tensor | FileImages:
    if isinstance(first, FileImages) and isinstance(second, FileImages):
        return first.join(second)
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return torch.cat([first, second])
    raise TypeError("images in files cannot be joined with resident ones")


@dataclass(frozen=True)
class Dataset:
    """A named data set.

    Attributes:
        name: as the config calls it.
        classes: number of classes.
        train: images that weights are fitted to.
        valid: images that searches and early decisions may look at.
        test: images for reporting only.
        mean: per-channel mean in [0, 1].
        std: per-channel standard deviation in [0, 1].
    """

    name: str
    classes: int
    train: Split
    valid: Split
    test: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def channels(self) -> int:
        """Channels of an image."""
        return self.train.images.shape[1]

    def normalise(self, images: Tensor | FileImages) -> Tensor:
        """uint8 images (n, channels, h, w), read where they are in files, to float32 of mean 0 and deviation 1."""
        pixels = images[:] if isinstance(images, FileImages) else images
        mean = torch.tensor(self.mean, device=pixels.device).view(1, -1, 1, 1)
        std = torch.tensor(self.std, device=pixels.device).view(1, -1, 1, 1)
        return pixels.to(torch.float32).div_(255).sub_(mean).div_(std)


def channels_last(images: Tensor) -> Tensor:
    """Images in the memory order in which convolutions are fastest."""
    return images.contiguous(memory_format=torch.channels_last)
