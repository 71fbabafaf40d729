"""Drop-path: whole operations dropped at random for each image (Larsson et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class DropPath:
    """Drops a path with ``probability`` for each image and replica, and scales up what is kept.

    Args:
        probability: chance that an operation's output is dropped.
        generators: one CPU generator per replica, so that a replica's masks do not depend on its neighbours.
    """

    def __init__(self, probability: float, generators: Sequence[torch.Generator]) -> None:
        self.keep = 1.0 - probability
        self.generators = generators

    def __call__(self, x: Tensor) -> Tensor:
        """Mask ``x`` of shape (batch, replicas * channels, h, w)."""
        batch, replicas = x.shape[0], len(self.generators)
        draws = torch.stack([torch.rand(batch, generator=generator) for generator in self.generators], dim=1)
        mask = (draws < self.keep).to(x.device, x.dtype, non_blocking=True) / self.keep
        return x * mask.repeat_interleave(x.shape[1] // replicas, dim=1).view(batch, -1, 1, 1)
