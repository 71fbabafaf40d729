"""Loss landscapes around trained weights (Li et al. 2018, "Visualizing the loss landscape of neural nets")."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from nascope.analysis.weight_space import WeightSpace
from nascope.errors import NascopeError

#: How much further than the trajectory itself its plane is drawn, as a share of its extent.
_MARGIN = 0.15
_DECIMALS = 10


@dataclass(frozen=True)
class LandscapeOptions:
    """What is measured around each network; field names are the config's.

    Attributes:
        plane: points a side of the grid along two random directions, from ``-reach`` to ``reach`` (0: none).
        line: points along the first of them alone (0: none).
        trajectory: points a side of the grid in the plane of the training's trajectory (0: none).
        reach: largest multiple of a direction; filters of a direction are as long as the network's.
        draw_seed: of the random directions.
    """

    plane: int
    line: int
    trajectory: int
    reach: float
    draw_seed: int


def filter_directions(space: WeightSpace, key: str, seed: int, draw_seed: int, count: int = 2) -> Tensor:
    """Random directions in which each filter is as long as the trained network's, (count, parameters).

    A filter is what makes one output channel of a convolution, or a row of a linear layer. Biases and BatchNorm do not
    move. Each network has directions of its own, which depend on its key and seed alone.
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
    lengths = filters.norm(dim=1, keepdim=True)
    return (other * lengths / (other.norm(dim=1, keepdim=True) + 1e-10)).view(weights.shape)


@dataclass(frozen=True)
class Trajectory:
    """A training's path seen in the plane that holds most of it.

    Attributes:
        directions: two unit vectors, (2, parameters).
        places: coordinates of the kept states relative to the last, (states, 2).
        shares: part of the path's variance along each direction, (2,).
    """

    directions: Tensor
    places: np.ndarray
    shares: np.ndarray


def trajectory_plane(space: WeightSpace, states: Sequence[Mapping[str, Tensor]]) -> Trajectory:
    """The two principal components of the states' differences from the last one (Li et al. 2018, section 7).

    Biases and BatchNorm are left out, as in random directions.

    Raises:
        NascopeError: fewer than three states: the training has too few epochs.
    """
    if len(states) < 3:
        raise NascopeError(f"a trajectory needs the states of two epochs and the initial one, there are {len(states)}")
    mask = torch.cat([torch.full((w.numel(),), moves(name, w)) for name, w in space.split(space.centre)])
    steps = torch.stack([space.vector(state) - space.centre for state in states]).cpu() * mask
    found = PCA(n_components=2).fit(steps.double().numpy())
    # The last bits of a decomposition depend on where the memory lies; rounded, equal weights give equal tables.
    directions = torch.from_numpy(found.components_.round(_DECIMALS))
    places = (steps.double() @ directions.T).numpy().round(_DECIMALS)
    device = space.centre.device
    return Trajectory(directions.float().to(device), places, found.explained_variance_ratio_.round(_DECIMALS))


def measure_grid(
    space: WeightSpace, directions: Tensor, places: np.ndarray, images: Tensor, labels: Tensor
) -> pd.DataFrame:
    """Loss and accuracy at multiples of directions from the trained weights.

    Args:
        space: the network.
        directions: (directions, parameters).
        places: (points, directions).
        images: normalised images.
        labels: their labels.

    Returns:
        A row a point: ``a``, ``b`` (0 along one direction), ``loss`` in nats, ``accuracy`` in percent.
    """
    losses, accuracies = [], []
    for start in range(0, len(places), space.points):
        some = torch.as_tensor(places[start : start + space.points], dtype=torch.float32, device=directions.device)
        filled = torch.cat([some, some[:1].expand(space.points - len(some), -1)])
        space.place(space.centre + filled @ directions)
        loss, accuracy = space.scores(images, labels)
        losses.append(loss[: len(some)])
        accuracies.append(accuracy[: len(some)])
    second = places[:, 1] if places.shape[1] > 1 else np.zeros(len(places))
    return pd.DataFrame(
        {"a": places[:, 0], "b": second, "loss": torch.cat(losses), "accuracy": torch.cat(accuracies)},
        dtype=np.float64,
    )


def square(points: int, reach: float) -> np.ndarray:
    """The points of a square grid centred on zero, (points * points, 2); an odd number a side includes zero."""
    axis = np.linspace(-reach, reach, points)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)


def around(places: np.ndarray, points: int) -> np.ndarray:
    """A grid of ``points`` a side that holds all of ``places`` with a margin, (points * points, 2)."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = _MARGIN * np.maximum(high - low, 1e-6)
    first, second = (np.linspace(low[k] - margin[k], high[k] + margin[k], points) for k in (0, 1))
    return np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)


def landscape(
    space: WeightSpace,
    states: Mapping[int, Mapping[str, Tensor]],
    identity: tuple[str, int],
    images: Tensor,
    labels: Tensor,
    options: LandscapeOptions,
) -> pd.DataFrame:
    """All grids around one trained network.

    Args:
        space: the network at its last state.
        states: kept states by epoch.
        identity: canonical key and seed; they decide the random directions.
        images: normalised images.
        labels: their labels.
        options: what to measure.

    Returns:
        Rows of a ``landscape`` table, without ``study``, ``key`` and ``seed``.
    """
    random = filter_directions(space, *identity, options.draw_seed)
    axis = np.linspace(-options.reach, options.reach, options.line)[:, None]
    asked = {
        "line": (random[:1], axis),
        "plane": (random, square(options.plane, options.reach)),
    }
    if options.trajectory:
        found = trajectory_plane(space, list(states.values()))
        asked["trajectory"] = found.directions, around(found.places, options.trajectory)
    grids = [
        measure_grid(space, *where, images, labels).assign(directions=kind)
        for kind, where in asked.items()
        if len(where[1])
    ]
    return pd.concat(grids, ignore_index=True)


def trajectory(space: WeightSpace, states: Mapping[int, Mapping[str, Tensor]]) -> pd.DataFrame:
    """The training's path in its plane: rows of a ``trajectories`` table, without ``study``, ``key`` and ``seed``."""
    found = trajectory_plane(space, list(states.values()))
    path = pd.DataFrame({"epoch": list(states), "a": found.places[:, 0], "b": found.places[:, 1]})
    return path.assign(share_a=found.shares[0], share_b=found.shares[1])
