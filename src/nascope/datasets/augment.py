"""Vectorised per-sample augmentation: random crop with zero padding, horizontal flip, cutout.

The draws are separate from their application, so that the same parameters can be given to torchvision.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_GREY = 128
#: By torchvision's sub-policy, the one that takes its place: (operation, probability, magnitude) twice.
_OWN_POLICIES = {
    (("Equalize", 0.2, None), ("Equalize", 0.6, None)): (("Equalize", 0.2, None), ("Equalize", 0.8, None)),
}


@dataclass(frozen=True)
class AugmentParameters:
    """Per-sample draws, each of shape (n,).

    Attributes:
        top: first row of the crop in the padded image.
        left: first column of the crop.
        flip: whether to mirror.
        centre_row: row of the cutout square's centre.
        centre_column: column of the cutout square's centre.
    """

    top: Tensor
    left: Tensor
    flip: Tensor
    centre_row: Tensor
    centre_column: Tensor


def draw(count: int, size: tuple[int, int], padding: int, generator: torch.Generator) -> AugmentParameters:
    """Draw parameters for ``count`` images of ``size`` (height, width)."""
    height, width = size

    def integers(bound: int) -> Tensor:
        return torch.randint(bound, (count,), generator=generator)

    return AugmentParameters(
        integers(2 * padding + 1),
        integers(2 * padding + 1),
        integers(2).bool(),
        integers(height),
        integers(width),
    )


def crop(images: Tensor, parameters: AugmentParameters, padding: int) -> Tensor:
    """Pad by ``padding`` zeros and cut windows of the original size, as torchvision's RandomCrop."""
    if not padding:
        return images
    count, _, height, width = images.shape
    padded = F.pad(images, (padding, padding, padding, padding))
    rows = _on(images, parameters.top)[:, None] + torch.arange(height, device=images.device)
    columns = _on(images, parameters.left)[:, None] + torch.arange(width, device=images.device)
    sample = torch.arange(count, device=images.device)[:, None, None]
    return padded[sample, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def flip(images: Tensor, parameters: AugmentParameters) -> Tensor:
    """Mirror the images whose ``flip`` is set."""
    chosen = _on(images, parameters.flip).view(-1, 1, 1, 1)
    return torch.where(chosen, images.flip(3), images)


def cutout(images: Tensor, parameters: AugmentParameters, length: int) -> Tensor:
    """Zero a square of ``length`` pixels around each centre, clipped at the border (DeVries & Taylor 2017)."""
    if not length:
        return images
    _, _, height, width = images.shape
    rows = _on(images, _outside(parameters.centre_row, height, length))
    columns = _on(images, _outside(parameters.centre_column, width, length))
    keep = rows[:, :, None] | columns[:, None, :]
    return images * keep[:, None].to(images)


def auto_augment() -> nn.Module:
    """AutoAugment's CIFAR-10 policies for one uint8 image (channels, height, width), as StacNAS' code had them.

    It imports ``CIFAR10Policy``, as the widely copied PyTorch version calls them. They are torchvision's, except for
    the probability of one operation, which that version changed only after StacNAS' code was published, and for the
    grey that fills what shears, shifts and rotations uncover. They draw from torch's global generator.
    """
    from torchvision.transforms import AutoAugment, AutoAugmentPolicy  # Slow to import.

    augment = AutoAugment(AutoAugmentPolicy.CIFAR10, fill=_GREY)
    augment.policies = [_OWN_POLICIES.get(policy, policy) for policy in augment.policies]
    module: nn.Module = augment
    return module


def _on(images: Tensor, drawn: Tensor) -> Tensor:
    """What was drawn on the CPU, on the images' device, without waiting for what runs there."""
    return drawn.to(images.device, non_blocking=True)


def _outside(centre: Tensor, size: int, length: int) -> Tensor:
    positions = torch.arange(size)[None, :]
    start = (centre - length // 2)[:, None]
    return (positions < start) | (positions >= start + length)
