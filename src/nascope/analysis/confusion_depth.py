"""Which depth of a search network matches the final network (Li et al. 2021, section 3)."""

from __future__ import annotations

import pandas as pd


def matched_depth(confusion: pd.DataFrame) -> pd.DataFrame:
    """The depth of each stage whose mean cosine of gradients is nearest to the final network's.

    Args:
        confusion: a ``confusion`` table.

    Returns:
        One row per stage and depth: ``network``, ``cells``, ``mean_cosine``, ``distance`` (from the final network's
        mean cosine; both are means over seeds) and ``chosen``, whether this depth is the stage's nearest.
    """
    means = confusion.groupby(["network", "cells"], sort=False)["mean_cosine"].mean().reset_index()
    target = means.loc[means["network"] == "final", "mean_cosine"].iloc[0]
    stages = means[means["network"] != "final"].assign(distance=lambda rows: (rows["mean_cosine"] - target).abs())
    nearest = stages.groupby("network")["distance"].transform("min")
    return stages.assign(chosen=stages["distance"] == nearest).reset_index(drop=True)
