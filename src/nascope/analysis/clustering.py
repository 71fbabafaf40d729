"""Groups of operators: hierarchical clustering of correlations, and KMeans on mean features for parity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

_DECIMALS = 5


def hierarchical_groups(correlation: np.ndarray, count: int) -> np.ndarray:
    """Average-linkage clusters on the distance ``1 - correlation``; groups are numbered by first member."""
    return _renumber(fcluster(operator_linkage(correlation), count, criterion="maxclust"))


def operator_linkage(correlation: np.ndarray) -> np.ndarray:
    """scipy's linkage matrix of the operators; an undefined correlation counts as none."""
    distance = 1 - np.nan_to_num(correlation, nan=0.0)
    np.fill_diagonal(distance, 0)
    merges: np.ndarray = linkage(squareform((distance + distance.T) / 2, checks=False), "average")
    return merges


def kmeans_groups(means: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """KMeans on mean feature vectors, as in the published code; groups are numbered by first member."""
    return _renumber(KMeans(count, n_init=10, random_state=seed).fit_predict(means))


def projected(means: np.ndarray) -> np.ndarray:
    """Mean feature vectors on their two principal components, (operators, 2); the largest entry of each is positive."""
    found = PCA(2, svd_solver="full").fit_transform(means)
    largest = found[np.abs(found).argmax(axis=0), range(found.shape[1])]
    # Rounded, because the last digits depend on the order of summation.
    rounded: np.ndarray = np.round(found * np.where(largest < 0, -1, 1), _DECIMALS)
    return rounded


def comembership(groups: pd.DataFrame, operators: Sequence[str]) -> np.ndarray:
    """Share of an ``operator_groups`` table's clusterings in which two operators are in one group."""
    wide = groups.pivot(index=["seed", "cell", "edge"], columns="operator", values="group")
    labels = wide[list(operators)].to_numpy()
    shares: np.ndarray = (labels[:, :, None] == labels[:, None, :]).mean(axis=0)
    return shares


def _renumber(labels: Iterable[int]) -> np.ndarray:
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(int(label), len(numbers)) for label in labels])
