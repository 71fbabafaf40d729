"""Intervals of medians, and of what surrogates predict, on samples whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from nascope.evidence.intervals import difference, mean
from nascope.evidence.medians import median, median_difference
from nascope.evidence.refits import by_refit, over_refits, widened
from tests.simulated import MOST_FALSE, share


def test_medians_of_skewed_samples_are_covered():
    truth = np.log(2)
    assert share(lambda rng: median(rng.exponential(size=30) - truth, "")) <= MOST_FALSE
    assert share(lambda rng: median(rng.exponential(size=30) - truth + 0.7, ""), ("holds",)) > 0.8
    assert share(lambda rng: median_difference(rng.exponential(size=40), rng.exponential(size=60), "")) <= MOST_FALSE
    assert share(lambda rng: median_difference(rng.exponential(size=60) + 0.8, rng.exponential(size=60), "")) > 0.8
    few = median(np.arange(5.0), "")
    assert (few.low, few.high, few.verdict) == (-np.inf, np.inf, "undecided")
    assert median(np.array([]), "").verdict == "not testable at this scale"


def predicted(rng, gap, units, bias=1.0, refits=10):
    """Two groups by a surrogate that errs alike for all units of a group, as do its refits."""
    tables = []
    for shift in (gap, 0.0):
        own, others = rng.normal(0, bias), rng.normal(0, bias, size=refits)
        unit = rng.normal(0, 1, size=units)
        rows = {"predicted": unit + shift + own, "refits": list(unit[:, None] + shift + own + others)}
        tables.append(pd.DataFrame(rows))
    return tables


def test_intervals_include_what_refits_disagree_about():
    def test(rng, gap=0.0):
        return over_refits(
            [by_refit(table, "predicted") for table in predicted(rng, gap, 400)], lambda a, b: difference(a, b, "")
        )

    def naive(rng):
        first, second = (table["predicted"].to_numpy() for table in predicted(rng, 0.0, 400))
        return difference(first, second, "")

    assert share(naive) > 0.5
    assert share(test) <= MOST_FALSE
    assert share(lambda rng: test(rng, 5.0), ("holds",)) > 0.8


def test_refits_that_agree_change_nothing():
    rng = np.random.default_rng(0)
    found = mean(rng.normal(1, 1, size=20), "")
    assert widened(found, [found.value] * 5) == found
    wider = widened(found, [0.0, 2.0])
    assert wider.value == found.value
    # Student's quantile with one degree of freedom.
    assert wider.high - wider.value == pytest.approx(np.hypot(found.high - found.value, 12.7062 * np.sqrt(2)), rel=1e-4)
