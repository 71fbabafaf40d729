"""Operation importance over the whole NAS-Bench-201 space (Wan et al. 2022, section 3).

``OI(cell, edge) = mean over the 4 neighbours on that edge of their error - error(cell)``; positive: the
operation matters, negative: it hurts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.oracle import Oracle
from nascope.spaces.nasbench201 import PRIMITIVES, cell_codes, enumerate_cells


def nasbench201_importance(oracle: Oracle, *, nodes: int = 4, fraction: float = 0.05) -> pd.DataFrame:
    """Importance of every edge of every cell.

    Args:
        oracle: error of each cell.
        nodes: nodes a cell.
        fraction: share of the cells that count as top and as bottom (0.05: 781 of 15,625).

    Returns:
        An ``importance`` table in index order, edges in the cell's order.
    """
    cells = enumerate_cells(nodes)
    errors = oracle.error(cells)
    codes = cell_codes(cells)
    importance = edge_importance(codes, errors)
    edges = codes.shape[1]
    return pd.DataFrame(
        {
            "dataset": oracle.dataset,
            "index": np.repeat(np.arange(len(cells)), edges),
            "edge": np.tile(np.arange(edges), len(cells)),
            "primitive": np.take(PRIMITIVES, codes.ravel()),
            "error": np.repeat(errors, edges),
            "importance": importance.ravel(),
            "subset": np.repeat(subsets(errors, fraction), edges),
        }
    )


def edge_importance(codes: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Importance of all edges at once.

    Args:
        codes: (cells, edges) integers, each row once, covering the whole product space.
        errors: (cells,) errors as fractions.

    Returns:
        (cells, edges) importances, in the unit of ``errors``.

    Raises:
        NascopeError: ``codes`` do not cover the product space, or an error is not finite.
    """
    choices = codes.max() + 1
    shape = (choices,) * codes.shape[1]
    if len(codes) != choices ** codes.shape[1] or len(np.unique(codes, axis=0)) != len(codes):
        raise NascopeError(f"{len(codes)} cells do not cover all {choices ** codes.shape[1]} of the space once each")
    if not np.isfinite(errors).all():
        raise NascopeError(f"the error of cell {int(np.argmin(np.isfinite(errors)))} is not finite")
    grid = np.empty(shape)
    grid[tuple(codes.T)] = errors
    means = [(grid.sum(axis=axis, keepdims=True) - grid) / (choices - 1) for axis in range(codes.shape[1])]
    return np.stack([(mean - grid)[tuple(codes.T)] for mean in means], axis=1)


def subsets(errors: np.ndarray, fraction: float) -> np.ndarray:
    """``"top"`` and ``"bottom"`` fractions by ascending error (ties by index), ``"rest"`` between."""
    count = round(fraction * len(errors))
    order = np.argsort(errors, kind="stable")
    labels = np.full(len(errors), "rest", dtype=object)
    labels[order[:count]] = "top"
    labels[order[len(errors) - count :]] = "bottom"
    return labels
