"""Variance of stochastic gradients around trained weights (Shu et al. 2020, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from nascope.analysis.directions import filter_directions, square
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.analysis.geometry import GradientOptions, Options
    from nascope.analysis.survey import Network
    from nascope.analysis.weight_space import WeightSpace


def gradients(network: Network, options: Options[GradientOptions]) -> pd.DataFrame:
    """Gradient variance at every point of the landscape's plane, for each size of mini-batches.

    For each size, the mini-batches are cut from as many images as fill them; a rest is not used.

    Returns:
        Rows of a ``gradients`` table, without ``study``, ``key`` and ``seed``.

    Raises:
        NascopeError: fewer images than a mini-batch has, or batch statistics of single images alone.
    """

    def measure(mode: str) -> pd.DataFrame:
        # A single image has no batch statistics.
        sizes = [size for size in options.own.batch_sizes if mode == "running" or size > 1]
        if not sizes:
            raise NascopeError("gradients with batch statistics need mini-batches of at least two images")
        if max(sizes) > len(network.labels):
            raise NascopeError(f"mini-batches of {max(sizes)} images cannot be cut from {len(network.labels)}")
        space = network.space(options.shared.points, mode)
        directions = filter_directions(space, network.key, network.seed, options.shared.draw_seed)
        grid = square(options.own.plane, options.shared.reach)
        return pd.concat([_on_grid(network, space, directions, grid, size) for size in sizes], ignore_index=True)

    return network.in_modes(options.own.batch_norm, measure)


def _on_grid(
    network: Network, space: WeightSpace, directions: Tensor, grid: np.ndarray, batch_size: int
) -> pd.DataFrame:
    used = len(network.labels) // batch_size * batch_size
    images, labels = network.images[:used], network.labels[:used]
    variances, norms = [], []
    # A few places at a time: the sums of gradients of all of them would not fit for large networks.
    together = max(1, space.points // (used // batch_size))
    for start in range(0, len(grid), together):
        some = torch.as_tensor(grid[start : start + together], dtype=torch.float32, device=directions.device)
        places = space.centre + some @ directions
        variance, norm = gradient_variances(space, places, images, labels, batch_size)
        variances.append(variance)
        norms.append(norm)
    columns = {"variance": torch.cat(variances).cpu(), "gradient_norm": torch.cat(norms).cpu()}
    return pd.DataFrame({"a": grid[:, 0], "b": grid[:, 1], "batch_size": batch_size, "images": used, **columns})


def gradient_variances(
    space: WeightSpace, places: Tensor, images: Tensor, labels: Tensor, batch_size: int
) -> tuple[Tensor, Tensor]:
    """``E_i ||g_i - E g||^2`` over the mini-batches' gradients ``g_i``, all parameters in one vector, and ``||E g||``.

    The images are cut into mini-batches in their order, and the expectation is over these: exact, not sampled. Pairs
    of a place and a mini-batch fill the points of ``space``.

    Args:
        space: of the network.
        places: where to measure, (places, parameters).
        images: normalised, (images, channels, height, width).
        labels: (images,).
        batch_size: images of a mini-batch; 1 for the variance over single images.

    Returns:
        Variances and norms, both (places,).

    Raises:
        NascopeError: the images cannot be cut into mini-batches of this size.
    """
    if len(labels) % batch_size:
        raise NascopeError(f"{len(labels)} images cannot be cut into mini-batches of {batch_size}")
    batches = len(labels) // batch_size
    images, labels = images.view(batches, batch_size, *images.shape[1:]), labels.view(batches, batch_size)
    sums = torch.zeros(places.shape, dtype=torch.float64, device=places.device)
    squares = torch.zeros(len(places), dtype=torch.float64, device=places.device)
    pairs = torch.arange(len(places) * batches, device=places.device)
    for chosen in torch.split(pairs, space.points):
        # Replicas that are left over in the last round repeat its first pair and are not counted.
        filled = torch.cat([chosen, chosen[:1].expand(space.points - len(chosen))])
        space.place(places[filled // batches])
        some = images[filled % batches].transpose(0, 1).flatten(1, 2)
        found = space.gradients(some, labels[filled % batches].T)[: len(chosen)].double()
        sums.index_add_(0, chosen // batches, found)
        squares.index_add_(0, chosen // batches, found.square().sum(dim=1))
    means = sums / batches
    norms: Tensor = torch.linalg.vector_norm(means, dim=1)
    return (squares / batches - means.square().sum(dim=1)).clamp(min=0), norms
