"""Theorems 4.1 and 4.2 of Shu et al. (2020), evaluated on the paper's two linear cells.

The widest cell has outputs ``y_i = W_i x``, the narrowest ``z_i = W_i ... W_1 x``; an objective ``f`` is computed from
all of them. Let ``lambda_i`` be the largest singular value of ``W_i``. As far as the formulas are known to us:

- 4.1: if the widest cell's gradient by ``W_i`` is Lipschitz in ``W_i`` with constant ``L_i``, the narrowest's is with
  ``prod_{j<i} lambda_j * L_i``;
- 4.2: if the widest cell's gradient by ``W_i`` has variance at most ``s_i^2``, the narrowest's has at most
  ``n * sum_{k>=i} (s_k / lambda_i * prod_{j<=k} lambda_j)^2``.

Both follow if the output gradients are alike in the two cells, which is an assumption on ``f``. They are measured here
under this assumption, and for a squared error, whose output gradients depend on the outputs. For the squared error, the
bounds that do follow are also given (``corrected``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

#: Objectives: output gradients that are alike in both cells, or those of a squared error.
OBJECTIVES = ("alike", "squared error")


def theory_table(
    *,
    nodes: Sequence[int],
    sizes: Sequence[int],
    scales: Sequence[float],
    spectra: Sequence[str],
    samples: int,
    seeds: Sequence[int],
) -> pd.DataFrame:
    """Measured values and bounds for every combination of settings and every block.

    Args:
        nodes: numbers of intermediate nodes n.
        sizes: dimensions of x and of each node.
        scales: largest singular values of all ``W_i``.
        spectra: ``flat`` (all singular values equal) or ``linear`` (down to a tenth of the largest).
        samples: inputs that expectations are taken over.
        seeds: of the random weights, inputs and targets.

    Returns:
        A ``theory`` table.
    """
    rows = []
    for n, size, scale, spectrum, seed in product(nodes, sizes, scales, spectra, seeds):
        rng = np.random.default_rng([n, size, seed])
        weights = [_matrix(rng, size, scale, spectrum) for _ in range(n)]
        inputs = rng.standard_normal((samples, size)) / np.sqrt(size)
        drawn = rng.standard_normal((n, samples, size))
        for block, objective in product(range(n), OBJECTIVES):
            where = (objective, n, size, spectrum, scale, block + 1, seed)
            rows.append(("4.1", *where, *smoothness(weights, inputs, drawn, block, objective)))
            rows.append(("4.2", *where, *variance(weights, inputs, drawn, block, objective)))
    columns = ["theorem", "objective", "nodes", "size", "spectrum", "scale", "block", "seed"]
    return pd.DataFrame(rows, columns=[*columns, "widest", "narrowest", "bound", "corrected"])


def _matrix(rng: np.random.Generator, size: int, scale: float, spectrum: str) -> np.ndarray:
    left, right = (np.linalg.qr(rng.standard_normal((size, size)))[0] for _ in range(2))
    values = np.ones(size) if spectrum == "flat" else np.linspace(1, 0.1, size)
    matrix: np.ndarray = left @ np.diag(scale * values) @ right
    return matrix


def _norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, 2))


def _chain(weights: Sequence[np.ndarray], start: int, stop: int) -> np.ndarray:
    """``W_{stop-1} ... W_start``; the identity where the range is empty."""
    total = np.eye(len(weights[0]))
    for matrix in weights[start:stop]:
        total = matrix @ total
    return total


def _growth(weights: Sequence[np.ndarray], start: int, stop: int) -> float:
    """The product of the largest singular values of ``W_start`` to ``W_{stop-1}``."""
    return float(np.prod([_norm(matrix) for matrix in weights[start:stop]]))


def smoothness(
    weights: Sequence[np.ndarray], inputs: np.ndarray, drawn: np.ndarray, block: int, objective: str
) -> tuple[float, float, float, float]:
    """Exact Lipschitz constants of the mean gradient by one block, in that block.

    Args:
        weights: ``W_1 .. W_n``, each (size, size).
        inputs: (samples, size).
        drawn: (nodes, samples, size); with ``alike`` the output gradient of node i is ``W_i drawn_i``. The targets of a
            squared error do not matter here.
        block: number of the block, from 0.
        objective: one of :data:`OBJECTIVES`.

    Returns:
        The constants of the widest and of the narrowest cell, the theorem's bound, and the bound that follows.
    """
    before, growth = _chain(weights, 0, block), _growth(weights, 0, block)
    if objective == "alike":
        moment = drawn[block].T @ inputs / len(inputs)
        own = _norm(moment)
        return own, _norm(moment @ before.T), growth * own, growth * own
    second = inputs.T @ inputs / len(inputs)
    later = [_chain(weights, block + 1, stop) for stop in range(block + 1, len(weights) + 1)]
    own = _norm(second)
    measured = _norm(sum(chain.T @ chain for chain in later)) * _norm(before @ second @ before.T)
    reach = sum(_growth(weights, block + 1, stop) ** 2 for stop in range(block + 1, len(weights) + 1))
    return own, measured, growth * own, growth**2 * reach * own


def variance(
    weights: Sequence[np.ndarray], inputs: np.ndarray, drawn: np.ndarray, block: int, objective: str
) -> tuple[float, float, float, float]:
    """Variances over samples of the gradient by one block, summed over its entries.

    Args:
        weights: ``W_1 .. W_n``, each (size, size).
        inputs: (samples, size).
        drawn: (nodes, samples, size): output gradients (``alike``) or targets (``squared error``).
        block: number of the block, from 0.
        objective: one of :data:`OBJECTIVES`.

    Returns:
        The variances of the widest and of the narrowest cell, the theorem's bound, and the bound that follows: the same
        with the variances that the output gradients of the narrowest cell would have in the widest.
    """
    nodes = range(len(weights))
    if objective == "alike":
        wide = narrow = list(drawn)
    else:
        wide = [inputs @ weights[k].T - drawn[k] for k in nodes]
        narrow = [inputs @ _chain(weights, 0, k + 1).T - drawn[k] for k in nodes]
    later = [narrow[k] @ _chain(weights, block + 1, k + 1) for k in nodes[block:]]
    measured = _spread(sum(later), inputs @ _chain(weights, 0, block).T)
    spreads, own = ([_spread(slopes, inputs) for slopes in cell] for cell in (wide, narrow))
    return spreads[block], measured, _variance_bound(weights, spreads, block), _variance_bound(weights, own, block)


def _variance_bound(weights: Sequence[np.ndarray], spreads: Sequence[float], block: int) -> float:
    top = _norm(weights[block])
    terms = (spreads[k] * (_growth(weights, 0, k + 1) / top) ** 2 for k in range(block, len(weights)))
    return float(len(weights) * sum(terms))


def _spread(slopes: np.ndarray, states: np.ndarray) -> float:
    """``E ||g h^T - E g h^T||^2`` over samples, for output gradients g and inputs h of a block."""
    mean = slopes.T @ states / len(states)
    squares = (np.square(slopes).sum(axis=1) * np.square(states).sum(axis=1)).mean()
    return float(squares - np.square(mean).sum())
