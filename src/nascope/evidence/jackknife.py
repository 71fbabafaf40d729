"""Intervals of statistics that are computed from many units at once, such as differences of R²."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from nascope.evidence.estimate import Estimate

_GROUPS = 50
_TAIL = 0.975  # quantile at the upper end


def jackknife(n: int, statistic: Callable[[np.ndarray], float], scope: str) -> Estimate:
    """A statistic with Student's interval by the jackknife, which leaves out one of up to 50 groups at a time.

    Unlike resamples with replacement, what is left holds no unit twice, so that regressions do not fit it too well.

    Args:
        n: independent units.
        statistic: of the units that it is given, by number.
        scope: what the estimate is about.
    """
    groups = np.array_split(np.random.default_rng(0).permutation(n), min(n, _GROUPS))
    without = np.array([statistic(np.sort(np.setdiff1d(np.arange(n), left_out))) for left_out in groups])
    count, value = len(groups), float(statistic(np.arange(n)))
    error = np.sqrt((count - 1) / count * np.square(without - without.mean()).sum())
    reach = float(stdtrit(count - 1, _TAIL) * error)
    return Estimate(value, value - reach, value + reach, n, scope)


def adjusted_r2(features: np.ndarray, values: np.ndarray) -> float:
    """Share of the variance that a linear regression explains, adjusted for the number of features.

    Args:
        features: (units, features), without a constant.
        values: (units,).
    """
    with_constant = np.column_stack([np.ones(len(values)), features])
    fitted = with_constant @ np.linalg.lstsq(with_constant, values, rcond=None)[0]
    rest = np.square(values - fitted).sum() / np.square(values - values.mean()).sum()
    n, k = with_constant.shape
    return float(1 - rest * (n - 1) / (n - k))
