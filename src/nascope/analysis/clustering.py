"""Groups of operators: hierarchical clustering of correlations, and KMeans on mean features for parity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans


def hierarchical_groups(correlation: np.ndarray, count: int) -> np.ndarray:
    """Average-linkage clusters on the distance ``1 - correlation``; groups numbered by first member."""
    return _renumber(fcluster(operator_linkage(correlation), count, criterion="maxclust"))


def operator_linkage(correlation: np.ndarray) -> np.ndarray:
    """scipy's linkage matrix of the operators; an undefined correlation counts as none."""
    distance = 1 - np.nan_to_num(correlation, nan=0.0)
    np.fill_diagonal(distance, 0)
    return linkage(squareform((distance + distance.T) / 2, checks=False), "average")


def kmeans_groups(means: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """KMeans on mean feature vectors, as the published code; groups numbered by first member."""
    return _renumber(KMeans(count, n_init=10, random_state=seed).fit_predict(means))


def _renumber(labels: Sequence[int] | np.ndarray) -> np.ndarray:
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(int(label), len(numbers)) for label in labels])
