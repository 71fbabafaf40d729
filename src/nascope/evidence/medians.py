"""Medians, with intervals that assume nothing about the distribution."""

from __future__ import annotations

import numpy as np

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import less


def median(sample: np.ndarray, scope: str) -> Estimate:
    """A median with the 95% interval of the sign test, which is unbounded for fewer than six units.

    Args:
        sample: (n,), one per unit.
        scope: what the estimate is about.
    """
    from scipy.stats import quantile_test  # Slow to import; most figures do without it.

    values = np.asarray(sample, dtype=float)
    if not len(values):
        return Estimate(np.nan, -np.inf, np.inf, 0, scope)
    low, high = quantile_test(values, p=0.5).confidence_interval(0.95)
    low, high = (-np.inf if np.isnan(low) else low), (np.inf if np.isnan(high) else high)
    return Estimate(float(np.median(values)), float(low), float(high), len(values), scope)


def median_difference(first: np.ndarray, second: np.ndarray, scope: str) -> Estimate:
    """The difference of two independent samples' medians."""
    return less(median(first, ""), median(second, ""), scope)
