"""The path of a training in the plane that holds most of it (Li et al. 2018, section 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from nascope.analysis.directions import moves
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.analysis.geometry import LandscapeOptions, Options
    from nascope.analysis.survey import Network
    from nascope.analysis.weight_space import WeightSpace

_DECIMALS = 10


@dataclass(frozen=True)
class Trajectory:
    """A training's path seen in a plane.

    Attributes:
        directions: two unit vectors, (2, parameters).
        places: coordinates of the kept states relative to the last one, (states, 2).
        shares: part of the path's variance along each direction, (2,).
    """

    directions: Tensor
    places: np.ndarray
    shares: np.ndarray


def trajectory_plane(space: WeightSpace, states: Sequence[Mapping[str, Tensor]]) -> Trajectory:
    """The two principal components of the states' differences from the last one.

    Biases and BatchNorm are left out, as in random directions.

    Args:
        space: of the network, at its last state.
        states: kept states, in the order of their epochs.

    Raises:
        NascopeError: fewer than three states: the training has too few epochs.
    """
    if len(states) < 3:
        raise NascopeError(f"a trajectory needs the initial state and those of two epochs, there are {len(states)}")
    mask = torch.cat([torch.full((w.numel(),), moves(name, w)) for name, w in space.split(space.centre)])
    steps = torch.stack([space.vector(state) - space.centre for state in states]).cpu() * mask
    found = PCA(n_components=2).fit(steps.double().numpy())
    # The last bits of a decomposition depend on where the memory lies; rounded, equal weights give equal tables.
    directions = torch.from_numpy(found.components_.round(_DECIMALS))
    places = (steps.double() @ directions.T).numpy().round(_DECIMALS)
    device = space.centre.device
    return Trajectory(directions.float().to(device), places, found.explained_variance_ratio_.round(_DECIMALS))


def trajectories(network: Network, options: Options[LandscapeOptions]) -> pd.DataFrame:
    """Where a training's kept states lie in their plane.

    Returns:
        Rows of a ``trajectories`` table, without ``study``, ``key`` and ``seed``.

    Raises:
        NascopeError: fewer than three states.
    """
    found = trajectory_plane(network.space(1, "running"), list(network.states.values()))
    path = pd.DataFrame({"epoch": list(network.states), "a": found.places[:, 0], "b": found.places[:, 1]})
    return path.assign(share_a=found.shares[0], share_b=found.shares[1])
