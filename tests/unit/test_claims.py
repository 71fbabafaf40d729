import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation, difference, mean, within
from nascope.papers.nasbench201.claims.one_shot import batch_statistics_help, degenerates
from nascope.papers.redundancy.claims import removal
from nascope.papers.redundancy.claims.patterns import published_follow
from nascope.papers.registry import declared
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.patterns import pattern_base_rate
from nascope.spaces.removal import ORDERS


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.1, 0.2, "holds"), (-0.2, -0.1, "does not hold"), (-0.1, 0.1, "undecided")]
)
def test_verdicts_follow_the_interval(low, high, verdict):
    assert Estimate(0, low, high, 9, "").verdict == verdict


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    covered = {"mean": 0, "difference": 0, "spearman": 0, "kendall": 0}
    for _ in range(400):
        first, second = rng.normal(1, 1, 6), rng.normal(0, 3, 8)
        one, two = mean(first, ""), difference(first, second, "")
        covered["mean"] += one.low < 1 < one.high
        covered["difference"] += two.low < 1 < two.high
        pair = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 13).T
        rho, tau = spearmanr(*pair).statistic, kendalltau(*pair).statistic
        spearman, kendall = correlation(rho, 1 + rho**2 / 2, 13, 3, ""), correlation(tau, 0.437, 13, 4, "")
        covered["spearman"] += spearman.low < 6 / np.pi * np.arcsin(0.6 / 2) < spearman.high
        covered["kendall"] += kendall.low < 2 / np.pi * np.arcsin(0.6) < kendall.high
    assert all(0.9 < count / 400 < 0.99 for count in covered.values())


def test_too_few_units_decide_nothing():
    assert mean(np.array([5.0]), "").verdict == "not testable at this scale"
    assert difference(np.array([5.0]), np.array([1.0, 2.0]), "").verdict == "not testable at this scale"
    assert correlation(0.9, 0.437, 4, 4, "").verdict == "undecided"
    assert correlation(np.nan, 0.437, 9, 4, "").verdict == "not testable at this scale"


def test_a_mean_is_within_a_margin_as_far_as_its_interval_says():
    sample = np.array([0.1, -0.2, 0.3, 0.0])
    known = mean(sample, "")
    found = within(sample, 1.0, "")
    assert found.value == pytest.approx(1 - 0.05)
    assert found.low == pytest.approx(1 - max(-known.low, known.high))
    assert found.high == 1.0
    assert found.verdict == "holds"
    assert within(sample + 5, 1.0, "").verdict == "does not hold"
    assert within(-sample - 5, 1.0, "").verdict == "does not hold"
    assert within(3 * sample, 1.0, "").verdict == "undecided"


def one_shot_tables(running, batch, darts):
    """Final cells of three seeds in a table of five cells, by their places in it."""
    cells = [str(cell) for cell in enumerate_cells(2)]
    benchmark = pd.DataFrame(
        {"index": range(5), "genotype": cells, "dataset": "d", "epochs": 1, "seed": 0, "test_accuracy": range(5)}
    ).assign(valid_accuracy=np.nan)
    rows = [("RSPS", "running", seed, cells[place]) for seed, place in enumerate(running)]
    rows += [("RSPS", "batch", seed, cells[place]) for seed, place in enumerate(batch)]
    rows += [
        (name, "batch", seed, cells[place]) for name in ("DARTS-V1", "DARTS-V2") for seed, place in enumerate(darts)
    ]
    one_shot = pd.DataFrame(rows, columns=["algorithm", "batch_norm", "seed", "genotype"]).assign(epoch=1)
    return {"found": one_shot, "benchmark": benchmark}


@pytest.mark.parametrize(
    ("running", "batch", "darts", "helps", "worse"),
    [
        ((0, 1, 0), (4, 4, 4), (0, 0, 1), "holds", "holds"),
        ((4, 4, 4), (0, 1, 0), (4, 4, 4), "does not hold", "does not hold"),
        ((0, 4, 0), (4, 0, 4), (0, 4, 2), "undecided", "undecided"),
        ((), (4, 4, 4), (0, 0, 1), "not testable at this scale", "holds"),
    ],
)
def test_the_one_shot_claims_follow_the_data(running, batch, darts, helps, worse):
    tables = one_shot_tables(running, batch, darts)
    darts_searches = ["DARTS-V1", "DARTS-V2"]
    assert batch_statistics_help(**tables, dataset="digits", short="").verdict == helps
    assert degenerates(**tables, dataset="digits", short="", algorithms=darts_searches).verdict == worse
    short = degenerates(**tables, dataset="digits", short="few epochs", algorithms=darts_searches)
    assert (short.verdict, short.why) == ("not testable at this scale", "few epochs")


def ablation(most, least):
    """Changes of error (fractions) after removing two operations, a little different from cell to cell."""
    rows = [
        (index, order, 2, change + 0.0001 * index)
        for order, change in zip(ORDERS, (most, least), strict=True)
        for index in range(20)
    ]
    return pd.DataFrame(rows, columns=["index", "order", "step", "change"]).assign(dataset="d")


@pytest.mark.parametrize(
    ("most", "least", "verdicts"),
    [
        (0.1, 0.002, ("holds", "holds")),
        (0.1, 0.05, ("holds", "does not hold")),
        (0.0, 0.001, ("does not hold", "holds")),
    ],
)
def test_the_removal_claims_follow_the_data(most, least, verdicts):
    table = ablation(most, least)
    table.loc[0, "change"] += 1e-5  # differences that are not all alike
    # Cells whose neighbours are about as good as they are.
    whole = pd.DataFrame({"index": np.arange(50), "error": np.linspace(0.1, 0.2, 50), "importance": 0.001})
    for costs, can_go in (
        (removal.removal_costs_mean, removal.unimportant_can_go_mean),
        (removal.removal_costs_median, removal.unimportant_can_go_median),
    ):
        assert (costs(table, whole).verdict, can_go(table, whole).verdict) == verdicts


def test_published_cells_follow_the_pattern_far_more_often_than_random_ones():
    found = published_follow()
    assert found.n == 24
    assert found.value == pytest.approx(18 / 24 - pattern_base_rate())
    assert found.low > 0.4
    assert found.verdict == "holds"


def test_every_claim_says_what_it_is_about():
    papers = declared()
    assert set(papers) == {"nasbench201", "understanding", "redundancy", "stacnas"}
    for paper in papers.values():
        assert paper.claims
        for claim in paper.claims:
            assert claim.statement.endswith(".")
            assert claim.tests
            for test in claim.tests:
                assert test.measure
                assert test.unit
                assert test.figure in paper.figures
