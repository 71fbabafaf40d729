"""Figures of NAS-Bench-201 (Dong & Yang 2020)."""

from nascope.figures.nasbench201.epochs import early_correlations, ranks_over_epochs
from nascope.figures.nasbench201.one_shot import one_shot, one_shot_means
from nascope.figures.nasbench201.searches import costs, own_searches, search_means, searches, sweeps
from nascope.figures.nasbench201.space import protocol, skeleton, spaces, speedups
from nascope.figures.nasbench201.tables import accuracy, correlations, own_space, ranks

__all__ = [
    "accuracy",
    "correlations",
    "costs",
    "early_correlations",
    "one_shot",
    "one_shot_means",
    "own_searches",
    "own_space",
    "protocol",
    "ranks",
    "ranks_over_epochs",
    "search_means",
    "searches",
    "skeleton",
    "spaces",
    "speedups",
    "sweeps",
]
