"""Estimates of what a surrogate predicts, with intervals that include what its own training set leaves open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import UNBOUNDED, Interval

_TAIL = 0.975  # quantile at the upper end


def by_refit(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of predictions, and what every refit says in its place.

    Args:
        table: with the column, and ``refits``, lists of equal lengths.
        column: name.

    Returns:
        One row per row of the table, with its index. Column 0 is the prediction, the others are the refits'.
    """
    refits = np.stack([np.asarray(values, dtype=float) for values in table["refits"]])
    return pd.DataFrame(np.column_stack([table[column], refits]), index=table.index)


def over_refits(values: Sequence[pd.DataFrame], test: Callable[..., Estimate], reach: Interval = UNBOUNDED) -> Estimate:
    """An estimate by the predictions, its interval widened by how far the refits' estimates differ.

    Args:
        values: samples as by :func:`by_refit`, one row per unit.
        test: takes a sample of each, (units,), and returns an estimate.
        reach: smallest and largest value that the measure can have; the interval does not leave them.
    """
    found, *refits = (test(*(sample[column].to_numpy() for sample in values)) for column in values[0].columns)
    wide = widened(found, [refit.value for refit in refits])
    return replace(wide, low=max(wide.low, reach[0]), high=min(wide.high, reach[1]))


def widened(found: Estimate, refits: Sequence[float]) -> Estimate:
    """An estimate whose interval includes the variance between refits, by Student's distribution.

    Both parts are independent: units are drawn at random, and so are the architectures of each refit.

    Args:
        found: by the predictions; its interval knows of the units alone.
        refits: the same value by each refit, at least two.
    """
    reach = float(stdtrit(len(refits) - 1, _TAIL) * np.std(refits, ddof=1))
    below, above = np.hypot(found.value - found.low, reach), np.hypot(found.high - found.value, reach)
    return replace(found, low=float(found.value - below), high=float(found.value + above))
