"""Data sets as resident tensors: three splits, and the statistics that normalise them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nascope.errors import NascopeError


@dataclass(frozen=True)
class Split:
    """Images (n, channels, height, width) as uint8 and labels (n,) as int64."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def join(self, other: Split) -> Split:
        """Both splits in one."""
        return Split(torch.cat([self.images, other.images]), torch.cat([self.labels, other.labels]))

    def sample(self, size: int, seed: int) -> Split:
        """A random choice of ``size`` images; all of them, in their order, for 0.

        Raises:
            NascopeError: there are fewer.
        """
        if not size:
            return self
        if size > len(self):
            raise NascopeError(f"{size} images asked for, there are {len(self)}")
        chosen = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))[:size]
        return Split(self.images[chosen], self.labels[chosen])

    def to(self, device: torch.device) -> Split:
        """The split on a device."""
        return Split(self.images.to(device), self.labels.to(device))


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

    def normalise(self, images: Tensor) -> Tensor:
        """uint8 images (n, channels, h, w) to float32 with the data set's mean 0 and deviation 1."""
        mean = torch.tensor(self.mean, device=images.device).view(1, -1, 1, 1)
        std = torch.tensor(self.std, device=images.device).view(1, -1, 1, 1)
        return images.to(torch.float32).div_(255).sub_(mean).div_(std)


def channels_last(images: Tensor) -> Tensor:
    """Images in the memory order in which convolutions are fastest."""
    return images.contiguous(memory_format=torch.channels_last)
