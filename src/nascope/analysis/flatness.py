"""What surrounds trained weights in one number per network: how wide the basin is, and how noisy its gradients are."""

from __future__ import annotations

import numpy as np
import pandas as pd

_NETWORK = ["study", "key", "seed", "batch_norm"]
#: A point belongs to the basin if its loss is at most this much above the trained weights' (nats).
RISE = 1.0


def basins(landscape: pd.DataFrame) -> pd.DataFrame:
    """Share of the plane of two random directions that belongs to the basin.

    Args:
        landscape: a ``landscape`` table.

    Returns:
        One row per ``study``, ``key``, ``seed`` and ``batch_norm``, with ``basin``.
    """
    plane = landscape[landscape["directions"] == "plane"]
    # The line's centre is at the trained weights; a plane with an even number of points per side does not hold them.
    line = landscape[landscape["directions"] == "line"]
    centre = line.loc[line["a"].abs().groupby([line[name] for name in _NETWORK]).idxmin()]
    joined = plane.merge(centre[[*_NETWORK, "loss"]], on=_NETWORK, suffixes=("", "_centre"))
    inside = joined["loss"] <= joined["loss_centre"] + RISE  # False where the loss is not finite
    return inside.groupby([joined[name] for name in _NETWORK]).mean().rename("basin").reset_index()


def mean_variances(gradients: pd.DataFrame) -> pd.DataFrame:
    """Geometric mean of the gradient variance over the plane.

    Args:
        gradients: a ``gradients`` table.

    Returns:
        One row per ``study``, ``key``, ``seed``, ``batch_norm`` and ``batch_size``, with ``variance``.
    """
    logs = np.log(gradients["variance"].where(gradients["variance"] > 0))
    means = logs.groupby([gradients[name] for name in [*_NETWORK, "batch_size"]]).mean()
    return np.exp(means).rename("variance").reset_index()
