"""When predictions and tables can say nothing: what they know of other cells is no better than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nascope.analysis.ranking import prediction_quality
from nascope.evidence.intervals import correlation
from nascope.papers.redundancy.settings import OWN

if TYPE_CHECKING:
    from nascope.papers.redundancy.fitted import Fitted

#: Kendall's tau that the interval has to exceed.
WEAKEST = 0.3


def no_signal(predictions: pd.DataFrame, fitted: Fitted) -> str:
    """Why a surrogate decides nothing; empty where it can.

    Args:
        predictions: its ``predictions`` table.
        fitted: what it is fitted to. What short trainings cannot say, their surrogate cannot either.
    """
    if fitted.architectures == OWN and fitted.trained.short:
        return fitted.trained.short
    _, tau = prediction_quality(predictions)
    if _surely_strong(tau, len(predictions)):
        return ""
    return f"a surrogate without signal: Kendall's tau {tau:.2f} on held-out cells is not surely above {WEAKEST}"


def no_likeness(importance: pd.DataFrame) -> str:
    """Why importances and removals in a table decide nothing, from its ``importance`` table; empty where they can.

    They compare cells with their neighbours. Where accuracies have nothing to do with the cells, every operation of the
    best cells seems important, because their neighbours are worse by chance.
    """
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

    others = importance["error"] + importance["importance"]
    cells = importance.assign(others=others).groupby("index")[["error", "others"]].mean()
    tau = float(kendalltau(cells["error"], cells["others"]).statistic)
    if _surely_strong(tau, len(cells)):
        return ""
    return f"a table without structure: errors of cells and of their neighbours have Kendall's tau {tau:.2f}"


def _surely_strong(tau: float, n: int) -> bool:
    """Whether tau's interval is above the threshold; Fisher's, with the variance of Fieller et al. (1957)."""
    return correlation(tau, 0.437, n, 4, "").low > WEAKEST
