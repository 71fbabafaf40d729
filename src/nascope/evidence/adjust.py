"""p-values that follow from intervals, and their adjustment for several claims (Holm 1979)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from nascope.evidence.estimate import Estimate

_NORMAL = 1.959964  # quantile of the normal distribution at the end of a 95% interval


def p_value(found: Estimate) -> float:
    """Two-sided p-value of zero: the interval's end on the side of zero taken as 1.96 standard errors from the value.

    NaN where there is no interval.
    """
    reach = found.value - found.low if found.value > 0 else found.high - found.value
    if found.why_not or found.exact or not math.isfinite(reach):
        return math.nan
    if not reach > 0:
        return 0.0 if found.value else 1.0
    return float(2 * ndtr(-_NORMAL * abs(found.value) / reach))


def holm(values: Sequence[float]) -> np.ndarray:
    """p-values adjusted so that all true hypotheses survive with 95% when 0.05 is the limit; NaN stays NaN."""
    p = np.asarray(values, dtype=float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1)
    return adjusted
