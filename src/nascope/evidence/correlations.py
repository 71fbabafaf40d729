"""Correlations of many units, and the smallest of several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation

_ONE = 1.959964  # quantile at the end of one 95% interval


def smallest_rho(values: Sequence[float], n: int, scope: str, *, less: float = 0.0) -> Estimate:
    """The smallest of several Spearman correlations, with an interval that holds for all of them (Bonferroni).

    Args:
        values: the correlations.
        n: independent units behind each.
        scope: what the estimate is about.
        less: what is subtracted from the correlation and its interval.
    """
    value = float(np.min(values))
    wider = float(ndtri(1 - 0.025 / len(values))) / _ONE
    found = correlation(value, (1 + value**2 / 2) * wider**2, n, 3, scope)
    return shifted(found, -less)


def shifted(found: Estimate, by: float) -> Estimate:
    """An estimate with a number added to its value and its interval."""
    return replace(found, value=found.value + by, low=found.low + by, high=found.high + by)
