"""Estimates with 95% intervals, each for its kind of sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import t as student
from scipy.stats import ttest_1samp, ttest_ind

from nascope.claims.claim import Estimate

_RESAMPLES = 2000
_NORMAL_95 = 1.959964
_BATCH = 50  # resamples held in memory at once


def bootstrap(samples: tuple[np.ndarray, ...], statistic: Callable[..., float], scope: str) -> Estimate:
    """Percentile bootstrap over many units that have one value in each sample."""
    n = len(samples[0])
    value = float(statistic(*samples))
    how = {"n_resamples": _RESAMPLES, "batch": _BATCH, "vectorized": False, "method": "percentile", "rng": 0}
    result = scipy_bootstrap(samples, statistic, paired=True, **how)
    low, high = result.confidence_interval
    return Estimate(value, float(low), float(high), n, scope)


def mean(sample: np.ndarray, scope: str) -> Estimate:
    """Student's interval of a mean; right for few units too."""
    if len(sample) < 2:
        return Estimate(float(np.mean(sample)), -np.inf, np.inf, len(sample), scope)
    low, high = ttest_1samp(sample, 0).confidence_interval()
    return Estimate(float(np.mean(sample)), float(low), float(high), len(sample), scope)


def within(sample: np.ndarray, margin: float, scope: str) -> Estimate:
    """How far a mean is from leaving ``[-margin, margin]``: positive where it lies inside, from the mean's interval."""
    found = mean(sample, scope)
    largest = max(abs(found.low), abs(found.high))
    smallest = 0.0 if found.low <= 0 <= found.high else min(abs(found.low), abs(found.high))
    return Estimate(margin - abs(found.value), margin - largest, margin - smallest, found.n, scope)


def difference(first: np.ndarray, second: np.ndarray, scope: str) -> Estimate:
    """Welch's interval of the difference of two means."""
    value, n = float(np.mean(first) - np.mean(second)), min(len(first), len(second))
    if n < 2:
        return Estimate(value, -np.inf, np.inf, n, scope)
    low, high = ttest_ind(first, second, equal_var=False).confidence_interval()
    return Estimate(value, float(low), float(high), n, scope)


def difference_at_equal(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], scope: str
) -> Estimate:
    """Interval of the difference of two groups' means that a third quantity, equal in both, cannot explain.

    Values are compared within strata of that quantity; the strata's differences are weighted by ``n m / (n + m)``, and
    the variance is that within group and stratum, common to all.

    Args:
        first: (n,) values and the (n,) quantity of each.
        second: the same of the other group.
        scope: what it is about.
    """
    weights, differences, squares, freedom, units = [], [], 0.0, 0, 0
    for level in np.intersect1d(first[1], second[1]):
        samples = [values[quantity == level] for values, quantity in (first, second)]
        n, m = map(len, samples)
        weights.append(n * m / (n + m))
        differences.append(samples[0].mean() - samples[1].mean())
        squares += sum(float(np.square(sample - sample.mean()).sum()) for sample in samples)
        freedom += n + m - 2
        units += n + m
    if not weights:
        return Estimate(np.nan, -np.inf, np.inf, 0, scope)
    value = float(np.average(differences, weights=weights))
    if not freedom:
        return Estimate(value, -np.inf, np.inf, units, scope)
    reach = float(student.ppf(0.975, freedom)) * (squares / freedom / sum(weights)) ** 0.5
    return Estimate(value, value - reach, value + reach, units, scope)


def correlation(value: float, variance: float, n: int, lost: int, scope: str) -> Estimate:
    """Interval of a rank correlation by Fisher's z, whose variance is ``variance / (n - lost)``.

    0.437 and 4 for Kendall's tau (Fieller et al. 1957), 1 + rho**2 / 2 and 3 for Spearman's rho (Bonett & Wright 2000).
    """
    if n <= lost or not abs(value) < 1:
        return Estimate(float(value), -np.inf, np.inf, n, scope)
    centre, reach = np.arctanh(value), _NORMAL_95 * np.sqrt(variance / (n - lost))
    return Estimate(float(value), float(np.tanh(centre - reach)), float(np.tanh(centre + reach)), n, scope)


def trained_scope(options: dict[str, Any]) -> str:
    """The set-up of our own trainings, in words."""
    return f"trained here on {options['dataset']} with protocol {options['protocol']}"
