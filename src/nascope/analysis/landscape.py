"""Loss landscapes around trained weights (Li et al. 2018, "Visualizing the loss landscape of neural nets")."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from nascope.analysis.directions import filter_directions, square
from nascope.analysis.trajectories import trajectory_plane

if TYPE_CHECKING:
    from nascope.analysis.geometry import LandscapeOptions, Options
    from nascope.analysis.survey import Network
    from nascope.analysis.weight_space import WeightSpace

#: How far the trajectory's plane is drawn beyond the trajectory itself, as a share of its extent.
_MARGIN = 0.15


def landscape(network: Network, options: Options[LandscapeOptions]) -> pd.DataFrame:
    """All grids around one trained network.

    Returns:
        Rows of a ``landscape`` table, without ``study``, ``key`` and ``seed``.
    """
    return network.in_modes(
        options.own.batch_norm, lambda mode: _grids(network, network.space(options.shared.points, mode), options)
    )


def _grids(network: Network, space: WeightSpace, options: Options[LandscapeOptions]) -> pd.DataFrame:
    reach, own = options.shared.reach, options.own
    random = filter_directions(space, network.key, network.seed, options.shared.draw_seed)
    asked = {
        "line": (random[:1], np.linspace(-reach, reach, own.line)[:, None]),
        "plane": (random, square(own.plane, reach)),
    }
    if own.trajectory:
        found = trajectory_plane(space, list(network.states.values()))
        asked["trajectory"] = found.directions, around(found.places, own.trajectory)
    grids = [
        measure_grid(space, directions, places, network.images, network.labels).assign(directions=kind)
        for kind, (directions, places) in asked.items()
        if len(places)
    ]
    return pd.concat(grids, ignore_index=True)


def measure_grid(
    space: WeightSpace, directions: Tensor, places: np.ndarray, images: Tensor, labels: Tensor
) -> pd.DataFrame:
    """Loss and accuracy at multiples of directions from the trained weights.

    Args:
        space: of the network.
        directions: (directions, parameters).
        places: multiples of the directions, (points, directions).
        images: normalised, (images, channels, height, width).
        labels: (images,).

    Returns:
        One row per point: ``a``, ``b`` (0 along one direction), ``loss`` in nats, ``accuracy`` in percent.
    """
    losses, accuracies = [], []
    for start in range(0, len(places), space.points):
        some = torch.as_tensor(places[start : start + space.points], dtype=torch.float32, device=directions.device)
        # Replicas that are left over repeat the first point.
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


def around(places: np.ndarray, points: int) -> np.ndarray:
    """A grid with ``points`` per side that holds all of ``places`` with a margin, (points * points, 2)."""
    low, high = places.min(axis=0), places.max(axis=0)
    margin = _MARGIN * np.maximum(high - low, 1e-6)
    first, second = (np.linspace(low[k] - margin[k], high[k] + margin[k], points) for k in (0, 1))
    return np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)
