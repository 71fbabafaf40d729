"""Estimates, intervals, adjustment, and what tests of claims decide where the truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from statsmodels.stats.multitest import multipletests

from nascope.evidence.adjust import holm, p_value
from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.evidence.intervals import correlation, difference_at_equal, inside, less, mean, within
from nascope.evidence.noise import alike, beyond_noise, seed_variance
from nascope.evidence.ranks import spearman
from tests.simulated import MOST_FALSE, share

NOT_TESTABLE = "not testable at this scale"


def test_gates_and_exact_statements():
    for n in (0, 1, 2):
        found = Estimate(1.0, 0.5, 1.5, n, "")
        assert found.verdict == NOT_TESTABLE
        assert f"{n} independent unit" in found.why
    assert untestable("too short", "s").verdict == NOT_TESTABLE
    assert untestable("too short", "s").why == "too short"
    assert exact(0.1, 1, "").verdict == "holds"
    assert exact(-0.1, 1, "").verdict == "does not hold"
    assert exact(0.1, 1, "", unverified=True).verdict == "formula unverified"
    assert Estimate(np.nan, -1, 1, 9, "").verdict == NOT_TESTABLE


def test_undecided_estimates_say_how_many_units_would_tell():
    found = Estimate(1.0, -1.0, 3.0, 10, "")
    assert (found.verdict, found.needed) == ("undecided", 40)
    assert found.why == "about 40 units would tell, if the value stays"
    assert Estimate(0.0, -1.0, 1.0, 10, "").needed == 0
    # Units that are drawn as often as was said do tell.
    sample = np.tile([0.0, 2.0], 5) - 0.7
    need = mean(sample, "").needed
    assert mean(sample, "").verdict == "undecided"
    assert mean(np.resize(sample, need + need % 2), "").verdict == "holds"


def test_holm_is_statsmodels_and_leaves_gaps():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005, 0.9])
    known = ~np.isnan(p)
    expected = multipletests(p[known], method="holm")[1]
    adjusted = holm(p)
    assert adjusted[known] == pytest.approx(expected)
    assert np.isnan(adjusted[~known]).all()
    assert adjusted[4] == pytest.approx(5 * 0.005)


def test_p_values_agree_with_intervals():
    assert p_value(Estimate(1.0, 0.0, 2.0, 9, "")) == pytest.approx(0.05, abs=1e-4)
    assert p_value(Estimate(-1.0, -2.0, -0.1, 9, "")) < 0.05
    assert p_value(Estimate(1.0, -0.1, 2.0, 9, "")) > 0.05
    assert p_value(Estimate(0.3, -1, 1, 9, "")) > 0.05
    for silent in (exact(1, 1, ""), untestable("r", ""), Estimate(1.0, -np.inf, np.inf, 9, "")):
        assert np.isnan(p_value(silent))


@pytest.mark.parametrize("value", [-1.0, -0.99, 0.0, 0.99, 1.0, np.nan])
@pytest.mark.parametrize("n", [3, 4, 5, 200])
def test_correlations_keep_within_minus_one_and_one(value, n):
    found = correlation(value, 1 + np.nan_to_num(value) ** 2 / 2, n, 3, "")
    assert -1 <= found.low <= found.high <= 1
    if n > 3 and not np.isnan(value):
        assert found.low <= value <= found.high
    shown = inside(found, 0.25)
    assert -0.75 <= shown.low <= shown.high <= 0.25


def test_perfect_agreement_of_few_units_decides_where_permutations_would():
    # All 24 orders of four units: one agrees perfectly, so p is 1/12. Of five units it is 1/60.
    assert spearman(range(4), range(4), "").verdict == "undecided"
    assert spearman(range(5), range(5), "").verdict == "holds"


def test_means_keep_within_the_measures_range():
    found = mean(np.array([0.5, 0.5, 0.49, 0.1]), "", (-0.5, 0.5))
    assert found.high == 0.5
    assert found.low < found.value
    assert mean(np.array([]), "").verdict == NOT_TESTABLE


def test_spearman_is_scipys_counts_infinity_as_largest_and_compares_within_strata():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 20))
    assert spearman(first, second, "").value == pytest.approx(spearmanr(first, second).statistic)
    assert spearman(first, second, "", sign=-1).value == -spearman(first, second, "").value
    slow = np.array([1, 2, 3, np.inf])
    assert spearman(slow, [1, 2, 3, 4], "").value == pytest.approx(1)
    # Families of very different levels, in each of which the order is reversed.
    families = pd.Series(["a"] * 5 + ["b"] * 5)
    values, others = [1, 2, 3, 4, 5, 11, 12, 13, 14, 15], [5, 4, 3, 2, 1, 15, 14, 13, 12, 11]
    assert spearman(values, others, "").value > 0
    assert spearman(values, others, "", strata=families).value == pytest.approx(-1)
    assert np.isnan(spearman(np.ones(9), np.arange(9), "").value)


def test_seed_noise_is_pooled_and_subtracted():
    rng = np.random.default_rng(0)
    cells = pd.Series(np.repeat(np.arange(3000), 2))
    values = pd.Series(10 * cells + rng.normal(0, 2, 6000))
    assert seed_variance(values, cells) == pytest.approx(4, rel=0.1)
    assert np.isnan(seed_variance(pd.Series([1.0, 2.0]), pd.Series(["a", "b"])))
    assert beyond_noise(np.array([5.0, 3.0]), 9.0).tolist() == [4, 0]
    # Differences that are all noise have a size of nothing, on average of squares.
    corrected = beyond_noise(rng.normal(0, 2, 100_000), 4.0)
    assert np.mean(np.sign(corrected) * corrected**2) == pytest.approx(0, abs=0.1)


def sample_correlation(rho, n, **options):
    def test(rng):
        pair = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
        return options["to"](spearman(*pair, "")) if "to" in options else spearman(*pair, "")

    return test


def test_correlations_decide_when_they_should():
    # Speed against width over 32 cells, of which the digits run of 13 cells had .3 to .5.
    assert share(sample_correlation(0.0, 32)) <= MOST_FALSE
    assert share(sample_correlation(0.55, 32), ["holds"]) >= 0.8


def test_correlations_within_families_decide_when_they_should():
    def families(effect):
        def test(rng):
            labels = np.repeat(np.arange(5), 7)
            width = rng.permutation(35) % 7
            level = 10 * rng.normal(size=5)[labels]
            return spearman(width, effect * width + level + rng.normal(size=35), "", strata=labels)

        return test

    assert share(families(0.0)) <= MOST_FALSE
    assert share(families(0.35), ["holds"]) >= 0.8


def test_independence_is_claimed_only_of_small_correlations():
    assert share(sample_correlation(0.26, 199, to=lambda found: inside(found, 0.25)), ["holds"]) <= 0.05
    assert share(sample_correlation(0.0, 199, to=lambda found: inside(found, 0.25)), ["holds"]) >= 0.8


@pytest.mark.parametrize("constant", [False, True])
def test_cells_are_alike_only_where_differences_are_smaller_than_the_spread(constant):
    # Five published cells; 0.23 points between random cells and 0.11 between seeds of one, as in published trainings;
    # four seeds of each.
    spread, noise, variants = 0.23, 0.11**2 / 4, 13

    def differing(size):
        def test(rng):
            true = np.full(5, size) * np.array([1, -1, 1, -1, 1]) if constant else rng.normal(0, size or 1e-9, 5)
            seen = rng.normal(0, spread, (5, variants)).std(axis=1, ddof=1)
            measured = float(np.sqrt(np.mean(seen**2)))
            gaps = true + rng.normal(0, noise**0.5, 5)
            return alike(gaps, np.full(5, noise), measured, 5 * (variants - 1), "")

        return test

    assert share(differing(spread), ["holds"]) <= 0.06
    assert share(differing(0.0), ["holds"]) >= 0.8
    # Differences of opposite signs do not cancel.
    assert share(differing(6 * spread), ["does not hold"]) >= 0.8


def test_alike_needs_cells_that_differ():
    assert alike(np.ones(5), np.zeros(5), 0.0, 4, "").verdict == NOT_TESTABLE
    found = alike(np.array([0.0, 0.0, 0.0]), np.zeros(3), 1.0, 10, "")
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_distances_of_equal_groups_with_a_common_original_are_rarely_told_apart():
    # Twelve variants of four cells on each side; within a family the published cell's place is common to both.
    family = np.arange(12) % 4

    def distances(connections, operations):
        def test(rng):
            original = rng.normal(0, 0.5, 4)[family]
            sides = []
            for spread in (connections, operations):
                gaps = rng.normal(0, spread, 12) - original + rng.normal(0, 0.1, 12)
                sides.append((beyond_noise(gaps, 0.01), family))
            return difference_at_equal(*sides, "")

        return test

    assert share(distances(0.5, 0.5)) <= MOST_FALSE
    assert share(distances(0.0, 0.0)) <= MOST_FALSE
    assert share(distances(2.0, 0.2), ["holds"]) >= 0.8


def test_six_searches_tell_collapse_from_chance():
    def gains(gain):
        return lambda rng: mean(
            np.clip(rng.binomial(8, 0.3 + gain / 8, 6) - rng.binomial(8, 0.3, 6), -8, 8), "", (-8.0, 8.0)
        )

    assert share(gains(0.0)) <= MOST_FALSE
    assert share(gains(4.0), ["holds"]) >= 0.8


def test_differences_of_correlations_decide_when_they_should():
    def two(first, second, n):
        def pearson(rng, rho):
            pair = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
            return correlation(np.corrcoef(*pair)[0, 1], 1.0, n, 3, "")

        return lambda rng: less(pearson(rng, first), pearson(rng, second), "")

    assert share(two(0.5, 0.5, 14)) <= MOST_FALSE
    assert share(two(0.91, 0.2, 14), ["holds"]) >= 0.8  # the paper's effect, over 14 edges


def test_pseudo_replicated_units_are_averaged_first():
    # Six edges of each of four supernets, alike within one: as 24 units they would decide too often.
    def edges(averaged):
        def test(rng):
            values = np.repeat(rng.normal(size=4), 6) + rng.normal(0, 0.1, 24)
            return mean(values.reshape(4, 6).mean(axis=1) if averaged else values, "")

        return test

    assert share(edges(averaged=True)) <= MOST_FALSE
    assert share(edges(averaged=False)) > 0.3


def test_a_mean_within_a_margin():
    assert within(np.array([0.1, -0.1, 0.0, 0.05]), 1.0, "").verdict == "holds"
    assert within(np.array([5.1, 4.9, 5.0]), 1.0, "").verdict == "does not hold"
