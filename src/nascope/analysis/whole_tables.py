"""Spaces of which a table holds every cell: fitness landscapes, and importance of edges by several scores.

Scores are ``DataFrame``s with one row per cell, by its genotype, and one column per score; greater is better.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.analysis.importance import edge_importance
from nascope.spaces.nasbench201 import NasBench201Cell

_EQUAL = 1e-6  # share of the range of scores that separates equal ones, which were rounded on their way here


def by_genotype(scores: pd.DataFrame, benchmark: pd.DataFrame) -> pd.DataFrame:
    """Scores by genotype in place of the index.

    Args:
        scores: one row per cell, by index.
        benchmark: a ``benchmark`` table with these cells.
    """
    return scores.set_axis(benchmark.drop_duplicates("index").set_index("index").loc[scores.index, "genotype"])


def task_table(tasks: pd.DataFrame) -> pd.DataFrame:
    """Scores of a ``tasks`` table, one column per task."""
    return tasks.pivot(index="genotype", columns="task", values="score")


def edge_codes(genotypes: pd.Index) -> np.ndarray:
    """Operations of cells as numbers from 0, (cells, edges); only operations that occur are counted."""
    ops = np.array([NasBench201Cell.parse(text).ops for text in genotypes])
    return np.unique(ops, return_inverse=True)[1].reshape(ops.shape)


def importances(scores: pd.DataFrame) -> pd.DataFrame:
    """Importance of every edge of every cell, by each score.

    Args:
        scores: of all cells of a space.

    Returns:
        One row per cell and edge, one column per score, in the unit of that score.

    Raises:
        NascopeError: cells are missing, or a score is not finite.
    """
    codes = edge_codes(scores.index)
    return pd.DataFrame({name: edge_importance(codes, -scores[name].to_numpy()).ravel() for name in scores})


def distances_to_best(scores: pd.DataFrame) -> pd.DataFrame:
    """In how many edges each cell differs from the best cell by each score; same rows and columns."""
    codes = edge_codes(scores.index)
    far = {name: (codes != codes[np.argmax(scores[name].to_numpy())]).sum(axis=1) for name in scores}
    return pd.DataFrame(far, index=scores.index)


def local_optima(scores: pd.DataFrame) -> pd.DataFrame:
    """Whether no cell that differs in one edge is better than a cell; same rows and columns, booleans."""
    codes = edge_codes(scores.index)
    shape, found = (codes.max() + 1,) * codes.shape[1], {}
    for name in scores:
        grid, equal = np.full(shape, -np.inf), _EQUAL * np.ptp(scores[name].to_numpy())
        grid[tuple(codes.T)] = scores[name]
        best = np.all([grid >= grid.max(axis=axis, keepdims=True) - equal for axis in range(grid.ndim)], axis=0)
        found[name] = best[tuple(codes.T)]
    return pd.DataFrame(found, index=scores.index)
