"""Variance of stochastic gradients around trained weights (Shu et al. 2020, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from nascope.analysis.landscape import filter_directions, square
from nascope.analysis.weight_space import WeightSpace
from nascope.errors import NascopeError


@dataclass(frozen=True)
class GradientOptions:
    """Where and how gradients are measured; field names are the config's.

    Attributes:
        plane: points a side of the grid along the landscape's two random directions.
        reach: largest multiple of a direction.
        draw_seed: of the random directions, the landscape's.
        batch_sizes: images a stochastic gradient is the mean of; 1 is a single image's gradient.
    """

    plane: int
    reach: float
    draw_seed: int
    batch_sizes: tuple[int, ...]


def gradient_variances(
    space: WeightSpace, places: Tensor, images: Tensor, labels: Tensor, batch_size: int
) -> tuple[Tensor, Tensor]:
    """``E_i ||g_i - E g||^2`` over the mini-batches' gradients ``g_i``, all parameters in one vector, and ``||E g||``.

    The images are cut into mini-batches in their order, and the expectation is over these: exact, not sampled. Pairs
    of a place and a mini-batch fill the points of ``space``.

    Args:
        space: the network.
        places: where to measure, (places, parameters).
        images: normalised images, (images, channels, height, width).
        labels: their labels.
        batch_size: images of a mini-batch; 1 for the variance over single images.

    Returns:
        Variances and norms, (places,) both.

    Raises:
        NascopeError: the images cannot be cut into mini-batches of this size.
    """
    if len(labels) % batch_size:
        raise NascopeError(f"{len(labels)} images cannot be cut into mini-batches of {batch_size}")
    batches = len(labels) // batch_size
    images, labels = images.unflatten(0, (batches, batch_size)), labels.view(batches, batch_size)
    sums = torch.zeros(places.shape, dtype=torch.float64, device=places.device)
    squares = torch.zeros(len(places), dtype=torch.float64, device=places.device)
    pairs = torch.arange(len(places) * batches, device=places.device)
    for chosen in pairs.split(space.points):
        # The last round may leave replicas over: they repeat its first pair and are not counted.
        filled = torch.cat([chosen, chosen[:1].expand(space.points - len(chosen))])
        space.place(places[filled // batches])
        some = images[filled % batches].transpose(0, 1).flatten(1, 2)
        found = space.gradients(some, labels[filled % batches].T)[: len(chosen)].double()
        sums.index_add_(0, chosen // batches, found)
        squares.index_add_(0, chosen // batches, found.square().sum(dim=1))
    means = sums / batches
    return (squares / batches - means.square().sum(dim=1)).clamp(min=0), means.norm(dim=1)


def gradient_grid(
    space: WeightSpace, identity: tuple[str, int], images: Tensor, labels: Tensor, options: GradientOptions
) -> pd.DataFrame:
    """Gradient variance at every point of the landscape's plane.

    Args:
        space: the network.
        identity: canonical key and seed; they decide the directions, as in the landscape.
        images: normalised images; for each batch size the largest multiple of it that there is of them is used.
        labels: their labels.
        options: grid and batch sizes.

    Returns:
        Rows of a ``gradients`` table, without ``study``, ``key`` and ``seed``.

    Raises:
        NascopeError: fewer images than a mini-batch has.
    """
    if max(options.batch_sizes) > len(labels):
        raise NascopeError(f"mini-batches of {max(options.batch_sizes)} images cannot be cut from {len(labels)}")
    directions = filter_directions(space, *identity, options.draw_seed)
    grid = square(options.plane, options.reach)
    tables = []
    for size in options.batch_sizes:
        used = len(labels) // size * size
        variances, norms = [], []
        # A few places at a time: the sums of gradients of all of them would not fit for large networks.
        together = max(1, space.points // (used // size))
        for start in range(0, len(grid), together):
            steps = (
                torch.as_tensor(grid[start : start + together], dtype=torch.float32, device=directions.device)
                @ directions
            )
            variance, norm = gradient_variances(space, space.centre + steps, images[:used], labels[:used], size)
            variances.append(variance)
            norms.append(norm)
        columns = {"variance": torch.cat(variances).cpu(), "gradient_norm": torch.cat(norms).cpu()}
        tables.append(pd.DataFrame({"a": grid[:, 0], "b": grid[:, 1], "batch_size": size, "images": used, **columns}))
    return pd.concat(tables, ignore_index=True)
