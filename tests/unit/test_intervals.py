import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from nascope.evidence.intervals import (
    difference,
    difference_interval,
    mean,
    moments,
    published_moments,
    student_interval,
    welch_interval,
)


def test_intervals_are_scipys():
    rng = np.random.default_rng(0)
    first, second = rng.normal(1, 1, 5), rng.normal(0, 3, 4)
    expected = ttest_1samp(first, 0).confidence_interval()
    assert student_interval(first) == pytest.approx(tuple(expected))
    assert (mean(first, "").low, mean(first, "").high) == pytest.approx(tuple(expected))
    expected = ttest_ind(first, second, equal_var=False).confidence_interval()
    assert welch_interval(moments(first), moments(second)) == pytest.approx(tuple(expected))
    assert difference_interval(first, second) == pytest.approx(tuple(expected))
    found = difference(first, second, "")
    assert (found.low, found.high) == pytest.approx(tuple(expected))


def test_intervals_of_samples_without_spread_and_of_single_values():
    assert welch_interval((2.0, 0.0, 3), (1.5, 0.0, 3)) == (0.5, 0.5)
    for interval in (
        student_interval(np.ones(1)),
        difference_interval(np.ones(1), np.ones(2)),
        welch_interval((1.0, np.nan, 1), (1.0, 1.0, 9)),
        welch_interval((1.0, 1.0, 9), (np.nan, np.nan, 9)),
    ):
        assert np.isnan(interval).all()


def test_published_deviations_are_of_all_runs():
    sample = np.array([1.0, 2.0, 4.0])
    assert published_moments(sample.mean(), sample.std(ddof=0), 3) == pytest.approx(moments(sample))
