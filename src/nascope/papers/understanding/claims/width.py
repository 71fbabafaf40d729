"""How a measure of cells goes with their width."""

from __future__ import annotations

import pandas as pd
from scipy.stats import spearmanr

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation


def with_width(values: pd.DataFrame, column: str, sign: int, scope: str) -> Estimate:
    """Spearman's correlation of a column with ``width`` (1), or minus it (-1); one row per cell."""
    rho = sign * spearmanr(values["width"], values[column]).statistic
    return correlation(rho, 1 + rho**2 / 2, len(values), 3, scope)
