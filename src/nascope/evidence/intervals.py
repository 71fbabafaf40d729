"""95% intervals of means and their differences, and estimates with the interval that suits their kind of sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from nascope.evidence.estimate import Estimate

Interval = tuple[float, float]
#: Of a quantity that can have any value.
UNBOUNDED: Interval = (-np.inf, np.inf)
#: Mean, standard deviation (ddof 1) and size of a sample.
Moments = tuple[float, float, int]
_UNKNOWN: Interval = (np.nan, np.nan)
_TAIL = 0.975  # quantile at the upper end
_NORMAL = 1.959964  # that quantile of the normal distribution
_RESAMPLES = 2000
_BATCH = 50  # resamples held in memory at once


def moments(sample: np.ndarray) -> Moments:
    """Moments of at least two values."""
    values = np.asarray(sample)
    return float(values.mean()), float(values.std(ddof=1)), len(values)


def published_moments(mean: float, deviation: float, size: int) -> Moments:
    """Moments of a sample whose standard deviation is published with ddof 0."""
    return mean, deviation * (size / (size - 1)) ** 0.5, size


def student_interval(sample: np.ndarray) -> Interval:
    """Student's interval of a mean; NaN for fewer than two values."""
    if len(sample) < 2:
        return _UNKNOWN
    mean, deviation, size = moments(sample)
    reach = float(stdtrit(size - 1, _TAIL)) * deviation / size**0.5
    return mean - reach, mean + reach


def welch_interval(first: Moments, second: Moments) -> Interval:
    """Welch's interval of the difference of two means by their samples' moments; NaN for fewer than two values."""
    (mean, deviation, size), (other_mean, other_deviation, other_size) = first, second
    if min(size, other_size) < 2:
        return _UNKNOWN
    gap, part, other_part = mean - other_mean, deviation**2 / size, other_deviation**2 / other_size
    variance = part + other_part
    if not variance > 0:
        return gap, gap
    freedom = variance**2 / (part**2 / (size - 1) + other_part**2 / (other_size - 1))
    reach = float(stdtrit(freedom, _TAIL)) * variance**0.5
    return gap - reach, gap + reach


def difference_interval(first: np.ndarray, second: np.ndarray) -> Interval:
    """Welch's interval of the difference of two samples' means; NaN where one has fewer than two values."""
    if min(len(first), len(second)) < 2:
        return _UNKNOWN
    return welch_interval(moments(first), moments(second))


def mean(sample: np.ndarray, scope: str, reach: Interval = UNBOUNDED) -> Estimate:
    """A mean with Student's interval, which is right for few units, too.

    Args:
        sample: (n,), one per unit.
        scope: what the estimate is about.
        reach: smallest and largest value that a unit can have; the interval does not leave them.
    """
    if not len(sample):
        return Estimate(np.nan, *reach, 0, scope)
    low, high = student_interval(sample) if len(sample) > 1 else reach
    return Estimate(float(np.mean(sample)), max(low, reach[0]), min(high, reach[1]), len(sample), scope)


def within(sample: np.ndarray, margin: float, scope: str) -> Estimate:
    """How far a mean is from leaving ``[-margin, margin]``: positive where it lies inside, from the mean's interval."""
    return inside(mean(sample, scope), margin)


def inside(found: Estimate, margin: float) -> Estimate:
    """How far an estimate is from leaving ``[-margin, margin]``: positive where it lies inside, by its interval."""
    largest = max(abs(found.low), abs(found.high))
    smallest = 0.0 if found.low <= 0 <= found.high else min(abs(found.low), abs(found.high))
    return replace(found, value=margin - abs(found.value), low=margin - largest, high=margin - smallest)


def difference(first: np.ndarray, second: np.ndarray, scope: str) -> Estimate:
    """The difference of two means with Welch's interval; unbounded where a sample is a single unit."""
    n = min(len(first), len(second))
    low, high = difference_interval(first, second) if n > 1 else UNBOUNDED
    return Estimate(float(np.mean(first) - np.mean(second)), low, high, n, scope)


def difference_at_equal(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], scope: str
) -> Estimate:
    """The difference of two groups' means that a third quantity, equal in both, cannot explain.

    Values are compared within strata of that quantity. The strata's differences are weighted by ``n m / (n + m)``, and
    the variance is the one within group and stratum, common to all.

    Args:
        first: values and that quantity, both (n,).
        second: the same of the other group, both (m,).
        scope: what the estimate is about.
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
        return Estimate(np.nan, *UNBOUNDED, 0, scope)
    value = float(np.average(differences, weights=weights))
    if not freedom:
        return Estimate(value, *UNBOUNDED, units, scope)
    reach = float(stdtrit(freedom, _TAIL)) * (squares / freedom / sum(weights)) ** 0.5
    return Estimate(value, value - reach, value + reach, units, scope)


def correlation(value: float, variance: float, n: int, lost: int, scope: str) -> Estimate:
    """A correlation with an interval by Fisher's z, whose variance is ``variance / (n - lost)``.

    Args:
        value: the correlation.
        variance: 1 for Pearson's r; 0.437 for Kendall's tau (Fieller et al. 1957); 1 + rho**2 / 2 for Spearman's rho
            (Bonett & Wright 2000).
        n: units.
        lost: 3 for Pearson's r and Spearman's rho, 4 for Kendall's tau.
        scope: what the estimate is about.
    """
    if n <= lost or np.isnan(value):
        return Estimate(float(value), -1.0, 1.0, n, scope)
    # A sample whose units agree perfectly says little about the rest: no more than one that nearly does.
    inner = np.clip(value, 1 / n**2 - 1, 1 - 1 / n**2)
    centre, reach = np.arctanh(inner), _NORMAL * np.sqrt(variance / (n - lost))
    low, high = float(np.tanh(centre - reach)), float(np.tanh(centre + reach))
    return Estimate(float(value), min(low, float(value)), max(high, float(value)), n, scope)


def bootstrap(samples: tuple[np.ndarray, ...], statistic: Callable[..., float], scope: str) -> Estimate:
    """A statistic with a percentile bootstrap over many units that have one value in each sample."""
    from scipy.stats import bootstrap as resampled  # Slow to import; most figures do without it.

    result = resampled(
        samples,
        statistic,
        paired=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        vectorized=False,
        method="percentile",
        rng=0,
    )
    low, high = result.confidence_interval
    return Estimate(float(statistic(*samples)), float(low), float(high), len(samples[0]), scope)


def less(first: Estimate, second: Estimate, scope: str) -> Estimate:
    """The difference of two independent estimates, from their own intervals (Zou 2007): these need not be symmetric."""
    low = first.value - second.value - np.hypot(first.value - first.low, second.high - second.value)
    high = first.value - second.value + np.hypot(first.high - first.value, second.value - second.low)
    return Estimate(first.value - second.value, float(low), float(high), min(first.n, second.n), scope)
