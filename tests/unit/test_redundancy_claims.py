"""Claims of Wan et al. and of Li et al. on tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from nascope.evidence.scope import Trained
from nascope.papers.redundancy.claims.operations import important_are_patterned
from nascope.papers.redundancy.claims.patterns import patterns_suffice, samples_match_published
from nascope.papers.redundancy.claims.removal import removal_costs_trained
from nascope.papers.redundancy.claims.replaced import reductions_hardly_matter
from nascope.papers.redundancy.claims.sampling import patterns_help_at_equal_width
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.studies import (
    pattern_samples,
    published_cells,
    reduction_variants,
    successive_removal,
)
from nascope.spaces.published import published_darts_cells
from nascope.spaces.removal import ORDERS

TRAINED = Trained(dataset="digits", protocol="p")
FITTED = Fitted(architectures="own", trained=TRAINED)


#: Held-out predictions of a surrogate that knows what it says.
SIGNAL = pd.DataFrame({"observed": np.arange(50.0), "predicted": np.arange(50.0) + 3 * np.sin(np.arange(50))})


def cell(skips):
    """A genotype with so many skip connections in each cell."""
    ops = ["skip_connect"] * skips + ["sep_conv_3x3"] * (8 - skips)
    edges = list(zip(ops, (0, 1) * 4, strict=True))
    return f"Genotype(normal={edges}, normal_concat=[2, 3, 4, 5], reduce={edges}, reduce_concat=[2, 3, 4, 5])"


def trained(study, errors, seed=0):
    """Trainings whose test error is that of the row's label, give or take a tenth of a point."""
    rng = np.random.default_rng(seed)
    accuracies = [100 - errors(row) + rng.normal(0, 0.1) for row in study.itertuples()]
    rows = pd.DataFrame({"key": study["key"], "seed": 0, "last_test_accuracy": accuracies})
    return rows.drop_duplicates("key")


def refitted(table, column):
    """Two refits that agree with the prediction."""
    return table.assign(refits=[[value, value] for value in table[column]])


@pytest.mark.parametrize(("gap", "expected"), [(3.0, "holds"), (-5.0, "does not hold")])
def test_pattern_claims_follow_the_errors(gap, expected):
    groups = pattern_samples(
        "s", groups=("Random", "PrimSkip"), per_group=8, wirings=("corrected",), draw_seed=0, seeds=(0,)
    )
    names = tuple(cell.name for cell in published_darts_cells()[:8])
    published = published_cells("p", cells=names, seeds=(0,))
    samples = trained(groups, lambda row: 20 - gap * (row.group == "PrimSkip"))
    others = trained(published, lambda row: 20.0 - max(gap, 0))
    assert patterns_suffice(groups, samples, trained=TRAINED).verdict == expected
    assert samples_match_published([groups, published], [samples, others], trained=TRAINED).verdict == expected


def test_at_equal_width_only_the_group_counts():
    rng = np.random.default_rng(0)
    rows = [
        ("corrected", group, width, (20 - 4 * width - worth + rng.normal(0, 0.5)) / 100)
        for group, worth, widths in (("Random", 0.0, (2.0, 2.5)), ("PrimSkip", -1.0, (2.5, 3.0)))
        for width in widths for _ in range(30)
    ]  # fmt: skip
    table = refitted(pd.DataFrame(rows, columns=["wiring", "group", "width", "predicted"]), "predicted")
    means = table.groupby("group")["predicted"].mean()
    assert means["PrimSkip"] < means["Random"]
    found = patterns_help_at_equal_width(table, SIGNAL, fitted=FITTED)
    assert found.verdict == "does not hold"
    assert found.scope.endswith(
        "predicted by a surrogate fitted to architectures trained here on digits with protocol p"
    )


def test_what_a_surrogate_of_an_archive_says_is_not_called_our_own():
    archive = Fitted(architectures="/data/nb_301.zip", trained=TRAINED)
    table = pd.DataFrame({"wiring": "corrected", "group": ["Random", "PrimSkip"], "width": 2.0, "predicted": 0.1})
    found = patterns_help_at_equal_width(refitted(table, "predicted"), SIGNAL, fitted=archive)
    assert found.scope == "2 genotypes, errors predicted by a surrogate fitted to nb_301.zip"


@pytest.mark.parametrize(("change", "expected"), [(0.0, "holds"), (3.0, "does not hold"), (-3.0, "does not hold")])
def test_reduction_cells_matter_as_far_as_other_ones_change_the_error(change, expected):
    names = tuple(cell.name for cell in published_darts_cells()[:6])
    study = reduction_variants("s", cells=names, treatments=("same", "plain", "random"), draw_seed=0, seeds=(0,))
    errors = trained(study, lambda row: 10 + change * (row.group != "original"))
    assert reductions_hardly_matter(study, errors, trained=TRAINED).verdict == expected


@pytest.mark.parametrize(("worse", "expected"), [(4.0, "holds"), (-4.0, "does not hold")])
def test_removal_tells_which_order_costs_more(worse, expected):
    rows = [
        (text, kind, edge, "sep_conv_3x3", edge % 2, (edge + 8 * (kind == "reduce")) / 100, "top")
        for text in [cell(skips) for skips in range(6)] for kind in ("normal", "reduce") for edge in range(8)
    ]  # fmt: skip
    columns = ["genotype", "cell_type", "edge", "primitive", "source", "importance", "subset"]
    importance = pd.DataFrame(rows, columns=columns).assign(error=0.1)
    study = successive_removal("s", importance=importance, cells=6, steps=(1, 2), draw_seed=0, seeds=(0,))
    order = study.drop_duplicates("key").set_index("key")["group"]
    errors = trained(study, lambda row: 10 + worse * (order[row.key] == ORDERS[0]) + 5 * (row.group != "whole"))
    found = removal_costs_trained(study, errors, trained=TRAINED, score="last_test")
    assert found.verdict == expected


@pytest.mark.parametrize(("source", "expected"), [(0, "holds"), (2, "does not hold")])
def test_only_skips_from_the_inputs_belong_to_the_pattern(source, expected):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(30):
        for edge in range(8):
            important = edge < 2 + number % 2
            op = "skip_connect" if important else ("sep_conv_3x3" if rng.random() < 0.5 else "max_pool_3x3")
            rows.append((str(number), "normal", op, source if important else 0, 0.01 if important else 0.0, "top"))
    columns = ["genotype", "cell_type", "primitive", "source", "importance", "subset"]
    table = refitted(pd.DataFrame(rows, columns=columns), "importance")
    found = important_are_patterned(table, SIGNAL, fitted=FITTED, threshold=0.001)
    assert found.verdict == expected


def test_a_surrogate_without_signal_decides_nothing():
    rng = np.random.default_rng(0)
    decided = 0
    for _ in range(100):
        shuffled = SIGNAL.assign(observed=rng.permutation(SIGNAL["observed"].to_numpy()))
        decided += not no_signal(shuffled, FITTED)
    assert decided == 0
    assert not no_signal(SIGNAL, FITTED)
    table = pd.DataFrame({"wiring": "corrected", "group": ["Random", "PrimSkip"] * 9, "width": 2.0, "predicted": 0.1})
    found = patterns_help_at_equal_width(refitted(table, "predicted"), shuffled, fitted=FITTED)
    assert found.verdict == "not testable at this scale"
    assert "without signal" in found.why


def test_short_trainings_say_nothing_about_final_quality():
    short = replace(TRAINED, short="too short")
    names = tuple(cell.name for cell in published_darts_cells()[:6])
    study = reduction_variants("s", cells=names, treatments=("same", "plain"), draw_seed=0, seeds=(0,))
    found = reductions_hardly_matter(study, trained(study, lambda row: 10.0), trained=short)
    assert (found.verdict, found.why) == ("not testable at this scale", "too short")
    # Nor does a surrogate of theirs, however well it predicts them.
    assert no_signal(SIGNAL, Fitted(architectures="own", trained=short)) == "too short"
    assert not no_signal(SIGNAL, Fitted(architectures="nasbench301", trained=short))
