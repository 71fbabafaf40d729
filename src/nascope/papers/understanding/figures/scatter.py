"""A measure of cells against their width or depth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.convergence import rank_correlation


def scatter_with_correlation(axis: Axes, data: pd.DataFrame, measure: str, against: str) -> None:
    """A measure of each cell and seed against the cells' width or depth, Spearman's correlation in the title."""
    cells = data.groupby("name").agg(x=(against, "first"), y=(measure, "mean"))
    spread = (cells["x"].rank(method="first") % 5 - 2) * 0.02  # keeps equal cells apart
    several = len(data) > len(cells)
    if several:
        axis.scatter(data[against], data[measure], s=9, color="#999999", alpha=0.5, label="one seed")
    label = "mean over seeds" if several else "cell"
    axis.scatter(cells["x"] + spread, cells["y"], s=24, color="#0072B2", label=label)
    value, low, high = rank_correlation(data, measure, against)
    axis.set_title(f"Spearman {value:.2f} [{low:.2f}, {high:.2f}]")
