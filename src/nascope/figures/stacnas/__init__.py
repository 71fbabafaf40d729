"""Figures of StacNAS (Li et al. 2021)."""

from nascope.figures.stacnas.operators import operator_clusters, operator_correlation
from nascope.figures.stacnas.searches import alpha_accuracy, confusion, depths, found_cells, skip_counts, strengths

__all__ = [
    "alpha_accuracy",
    "confusion",
    "depths",
    "found_cells",
    "operator_clusters",
    "operator_correlation",
    "skip_counts",
    "strengths",
]
