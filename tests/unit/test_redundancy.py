"""What trainings of the DARTS space say about redundancy, on trainings whose errors are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from nascope.analysis.ablation import removal_summary, trained_removal
from nascope.analysis.importance import genotype_importance, studied_importance
from nascope.analysis.pairs import paired_changes
from nascope.analysis.sampling import category_errors, hedges_g
from nascope.evidence.intervals import difference_at_equal, difference_interval, student_interval
from nascope.papers.redundancy.studies import (
    neighbourhoods,
    pattern_samples,
    published_cells,
    reduction_variants,
    successive_removal,
)
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.patterns import GROUPS
from nascope.spaces.removal import ORDERS
from tests.unit.test_studies import importance_of

COST = {**dict(zip(darts.PRIMITIVES, (1.0, 2.0, 4.0, 5.0, 3.0, 6.0, 7.0), strict=True)), "none": 9.0}


def error_of(text):
    """Percent; additive, normal edges count double, sources a little."""
    genotype = Genotype.parse(text)
    normal, reduce = (
        sum(COST[op] + source / 10 for op, source in cell.edges) for cell in (genotype.normal, genotype.reduce)
    )
    return (2 * normal + reduce) / 10


def trained(genotypes):
    """Trainings of a study with two seeds whose errors differ by one point, best epochs a point better."""
    asked = genotypes.explode("seeds")
    rows = [(row.key, row.seeds, 100 - error_of(row.genotype) - row.seeds) for row in asked.itertuples()]
    table = pd.DataFrame(rows, columns=["key", "seed", "last_test_accuracy"]).drop_duplicates(["key", "seed"])
    return table.assign(
        best_test_accuracy=table["last_test_accuracy"] + 1, last_valid_accuracy=table["last_test_accuracy"] - 2
    )


@pytest.fixture(scope="module")
def removed():
    rng = np.random.default_rng(0)
    genotypes = [darts.SPACE.sample(rng) for _ in range(6)]
    importance = importance_of(genotypes, rng.permutation(16) / 100)
    return successive_removal("s", importance=importance, cells=6, steps=(1, 4, 8), draw_seed=0, seeds=(0, 1))


@pytest.mark.parametrize("score", ["last_test", "best_test"])
def test_changes_after_removal_are_those_of_the_trainings(removed, score):
    table = trained_removal(removed, trained(removed), score)
    assert table.groupby("order")["step"].value_counts().tolist() == [6] * 8
    assert (table.loc[table["step"] == 0, "change"] == 0).all()
    errors = {row.name: error_of(row.genotype) for row in removed.itertuples()}
    removals = table[table["step"] > 0]
    for number, order, step, change in removals[["index", "order", "step", "change"]].itertuples(index=False):
        left = errors[f"top {number}, {step} off, {order}"]
        assert change == pytest.approx((left - errors[f"top {number}"]) / 100)
    # Best epochs are a point better, of every training: changes stay, errors do not.
    shift = 0.01 if score == "best_test" else 0.0
    whole = table[(table["step"] == 0) & (table["order"] == ORDERS[0])].set_index("index")["error"]
    assert whole.loc[0] == pytest.approx((errors["top 0"] + 0.5) / 100 - shift)
    assert len(removal_summary(table)) == 6


def test_pairs_share_family_and_seed():
    study = reduction_variants(
        "s", cells=("DARTS_V2", "SNAS_mild"), treatments=("same", "plain"), draw_seed=0, seeds=(0, 1)
    )
    found = paired_changes(study, trained(study)).set_index("name")
    errors = {row.name: error_of(row.genotype) for row in study.itertuples()}
    assert len(found) == 4
    for name, change in found["change"].items():
        assert change == pytest.approx(errors[name] - errors[name.split()[0]])


def test_categories_and_their_errors():
    groups = pattern_samples(
        "s", groups=GROUPS, per_group=3, wirings=("corrected", "as_coded"), draw_seed=0, seeds=(0, 1)
    )
    cells = published_cells("p", cells=("DARTS_V2", "SNAS_mild"), seeds=(0,))
    errors = category_errors([groups, cells], [trained(groups), trained(cells)])
    assert errors.groupby("category", sort=False).size().to_dict() == {
        "Random": 3, "Skip": 3, "Skip (as coded)": 3, "Prim": 3, "PrimSkip": 3, "PrimSkip (as coded)": 3, "published": 2
    }  # fmt: skip
    expected = errors["genotype"].map(error_of) + np.where(errors["category"] == "published", 0.0, 0.5)
    assert errors["test_error"].to_numpy() == pytest.approx(expected.to_numpy())


def test_importance_by_training_is_that_of_an_oracle_that_knows_all():
    study = neighbourhoods("s", cells=("DARTS_V2",), cell_types=("normal", "reduce"), edges=(0, 5), seeds=(0, 1))
    found = studied_importance(study, trained(study), "digits", 3)

    class Exact:
        def error(self, genotypes):
            return np.array([error_of(str(genotype)) + 0.5 for genotype in genotypes]) / 100

    centre = Genotype.parse(study["genotype"].iloc[0])
    whole = genotype_importance(Exact(), [centre], ["DARTS_V2"], darts.SPACE)
    expected = whole[whole["edge"].isin((0, 5))].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)


def test_intervals_and_effect_sizes_agree_with_scipy_and_with_hand_calculation():
    rng = np.random.default_rng(0)
    first, second = rng.normal(1, 1, 9), rng.normal(0, 2, 12)
    expected = ttest_ind(first, second, equal_var=False).confidence_interval()
    assert difference_interval(first, second) == pytest.approx(tuple(expected))
    assert np.isnan(difference_interval(first[:1], second)).all()
    low, high = student_interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))
    # Pooled deviation 1, correction 1 - 3 / (4 * 4 - 1).
    assert hedges_g(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])) == pytest.approx(0.8)


def test_at_equal_width_a_confound_explains_nothing():
    rng = np.random.default_rng(0)
    covered, seen = 0, []
    for _ in range(300):
        # The second group is wider, and wider cells are better by three points a unit; the group itself is worth one.
        widths = rng.choice([2.0, 2.5, 3.0], 40, p=[0.6, 0.3, 0.1]), rng.choice([2.0, 2.5, 3.0], 40, p=[0.1, 0.3, 0.6])
        values = [10 - 3 * width + rng.normal(0, 1, 40) for width in widths]
        found = difference_at_equal((values[0] + 1, widths[0]), (values[1], widths[1]), "")
        covered += found.low < 1 < found.high
        seen.append(found.value)
    assert np.mean(seen) == pytest.approx(1, abs=0.05)
    assert covered / 300 == pytest.approx(0.95, abs=0.035)
    plain = np.mean(values[0] + 1) - np.mean(values[1])
    assert plain > 2
    nothing = difference_at_equal((values[0], np.zeros(40)), (values[1], np.ones(40)), "")
    assert nothing.verdict == "not testable at this scale"
