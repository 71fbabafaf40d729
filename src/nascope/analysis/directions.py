"""Random directions in the parameter space of a trained network (Li et al. 2018)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from nascope.analysis.weight_space import WeightSpace


def filter_directions(space: WeightSpace, key: str, seed: int, draw_seed: int, count: int = 2) -> Tensor:
    """Random directions in which each filter is as long as the trained network's, (count, parameters).

    A filter is what makes one output channel of a convolution, or a row of a linear layer. Biases and BatchNorm do not
    move. Each network has directions of its own.

    Args:
        space: of the network, at its trained weights.
        key: canonical key of the network; with ``seed`` and ``draw_seed`` it decides the directions.
        seed: training seed of the network.
        draw_seed: of the directions.
        count: how many directions.
    """
    digest = hashlib.sha256(f"{key} {seed} {draw_seed}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
    directions = []
    for _ in range(count):
        parts = []
        for name, weights in space.split(space.centre):
            drawn = torch.randn(weights.shape, generator=generator).to(weights.device)
            direction = _as_long_as(weights, drawn) if moves(name, weights) else torch.zeros_like(weights)
            parts.append(direction.flatten())
        directions.append(torch.cat(parts))
    return torch.stack(directions)


def moves(name: str, weights: Tensor) -> bool:
    """Whether directions move a parameter: all but biases and BatchNorm, which have no filters."""
    return weights.ndim > 1 and not name.endswith("bias")


def _as_long_as(weights: Tensor, drawn: Tensor) -> Tensor:
    filters = weights.flatten(1) if weights.ndim == 4 else weights.flatten(0, -2)
    other = drawn.view(filters.shape)
    lengths: Tensor = torch.linalg.vector_norm(filters, dim=1, keepdim=True)
    drawn_lengths: Tensor = torch.linalg.vector_norm(other, dim=1, keepdim=True)
    return (other * lengths / (drawn_lengths + 1e-10)).view(weights.shape)


def square(points: int, reach: float) -> np.ndarray:
    """A square grid centred on zero, (points * points, 2); an odd number of points per side includes zero."""
    axis = np.linspace(-reach, reach, points)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
