"""Which depth of a search network matches the final network (Li et al. 2021); apart from torch."""

from __future__ import annotations

import pandas as pd


def matched_depth(confusion: pd.DataFrame) -> pd.DataFrame:
    """For each stage the depth whose mean cosine is nearest to the final network's: a row a stage and depth.

    Returns:
        ``network``, ``cells``, ``mean_cosine``, ``distance`` (means over seeds) and ``chosen``.
    """
    means = confusion.groupby(["network", "cells"], sort=False)["mean_cosine"].mean().reset_index()
    target = means.loc[means["network"] == "final", "mean_cosine"].iloc[0]
    stages = means[means["network"] != "final"].assign(distance=lambda rows: (rows["mean_cosine"] - target).abs())
    nearest = stages.groupby("network")["distance"].transform("min")
    return stages.assign(chosen=stages["distance"] == nearest).reset_index(drop=True)
