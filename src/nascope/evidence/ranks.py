"""Rank correlations over independent units, over all of them or within strata."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation

_LOST = 3  # degrees of freedom that the interval of Spearman's rho loses (Bonett & Wright 2000)


def spearman(
    values: Sequence[float] | np.ndarray | pd.Series,
    others: Sequence[float] | np.ndarray | pd.Series,
    scope: str,
    *,
    sign: int = 1,
    strata: Sequence[str] | pd.Series | None = None,
) -> Estimate:
    """Spearman's correlation, or minus it (``sign`` -1), with the interval of Bonett & Wright (2000).

    An infinite value (a network that diverged) counts as the largest of all.

    Args:
        values: (n,).
        others: (n,).
        scope: what the estimate is about.
        sign: 1 or -1.
        strata: of each unit, such as its family: only differences within a stratum count. None: one stratum.

    Returns:
        An estimate over n units; NaN where one side is the same for all.
    """
    n = len(values)
    labels = np.zeros(n) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    first, second = (_within(np.asarray(side, dtype=float), labels) for side in (values, others))
    length = float(np.sqrt(np.square(first).sum() * np.square(second).sum()))
    rho = sign * float(first @ second) / length if length else np.nan
    return correlation(rho, 1 + rho**2 / 2, n, _LOST + len(np.unique(labels)) - 1, scope)


def _within(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Ranks within each stratum as shares of its size, minus their mean there."""
    ranks = np.empty(len(values))
    for label in np.unique(labels):
        chosen = labels == label
        ranks[chosen] = (rankdata(values[chosen]) - (chosen.sum() + 1) / 2) / (chosen.sum() + 1)
    return ranks
