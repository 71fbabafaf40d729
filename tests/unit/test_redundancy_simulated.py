"""Claims of Wan et al. on simulated predictions: decided where there is something to find, and seldom elsewhere."""

import numpy as np
import pandas as pd
import pytest

from nascope.analysis.predicted import PUBLISHED, REDUCTION
from nascope.evidence.jackknife import adjusted_r2, jackknife
from nascope.evidence.scope import Trained
from nascope.papers.redundancy.claims import motifs, numbers, operations, removal, replaced, sampling, transfer
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_likeness
from nascope.papers.redundancy.reference import FIG_3, FIG_9
from nascope.spaces import darts
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.patterns import GROUPS
from nascope.spaces.removal import ORDERS
from tests.simulated import share

FITTED = Fitted(architectures="nasbench301", trained=Trained(dataset="digits", protocol="p"))
THRESHOLD = 0.001
DRAWS, MOST_FALSE = 60, 0.17  # a test with the right level decides at most 10 of 60 times in 99.9% of cases
REFITS, CELLS = 8, 40
MOST, LEAST = ORDERS

#: Held-out predictions of a surrogate that knows what it says.
SIGNAL = pd.DataFrame({"observed": np.arange(50.0), "predicted": np.arange(50.0) + 3 * np.sin(np.arange(50))})


def learnt(rng, truth, groups, noise):
    """A surrogate's prediction and its refits' of a truth: all err alike for a whole group."""
    labels, places = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    own, others = rng.normal(0, noise, len(labels)), rng.normal(0, noise, (len(labels), REFITS))
    predicted = np.asarray(truth) + own[places]
    return predicted, list(predicted[:, None] + others[places])


def importances(rng, truth):
    """A ``genotype_importance`` table; ``truth`` gives the mean importance of operations (percentage points)."""
    rows = [
        (subset, f"{subset} {number}", kind, edge, str(rng.choice(darts.PRIMITIVES)), int(rng.integers(edge // 2 + 2)))
        for subset in ("top", "uniform") for number in range(CELLS) for kind in ("normal", "reduce")
        for edge in range(8)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["subset", "genotype", "cell_type", "edge", "primitive", "source"])
    means = np.array([truth(row) for row in table.itertuples()]) / 100 + rng.normal(0, 0.001, len(table))
    groups = table["primitive"] + table["cell_type"] + (table["source"] < 2).astype(str)
    predicted, refits = learnt(rng, means, groups, 0.0001)
    return table.assign(importance=predicted, refits=refits, error=0.06)


def alike(row):
    return 0.1


def skips_and_separable(row):
    return 0.25 if row.primitive in ("skip_connect", "sep_conv_3x3", "sep_conv_5x5") else -0.05


IMPORTANCES = {
    # Half of the operations are as important as the threshold says.
    operations.few_matter_predicted: (alike, lambda row: 0.2 if row.cell_type == "normal" else -0.1),
    operations.normal_operations_matter: (alike, lambda row: 0.2 if row.cell_type == "normal" else -0.1),
    operations.important_are_patterned: (alike, skips_and_separable),
    operations.good_cells_prefer: (alike, None),
    operations.skips_matter_most: (alike, lambda row: 0.25 if row.primitive == "skip_connect" else 0.1),
    operations.separable_matter_more: (alike, skips_and_separable),
    operations.others_hardly_matter: (alike, skips_and_separable),
    operations.residual_skips_matter: (alike, lambda row: 0.2 if row.source < 2 else -0.03),
}


@pytest.mark.parametrize("test", IMPORTANCES, ids=lambda test: test.__name__)
def test_importances_decide_what_is_there(test):
    def found(rng, truth):
        return test(importances(rng, truth), SIGNAL, fitted=FITTED, threshold=THRESHOLD)

    null, effect = IMPORTANCES[test]
    assert share(lambda rng: found(rng, null), draws=DRAWS) <= MOST_FALSE
    if effect:
        assert share(lambda rng: found(rng, effect), ("holds",), draws=20) > 0.8


def test_numbers_come_out_where_they_are_true():
    def importance(rng, shift):
        table = importances(rng, lambda row: FIG_3[row.primitive] + shift * (row.primitive == "skip_connect"))
        return numbers.importances_come_out(table, SIGNAL, fitted=FITTED, threshold=THRESHOLD)

    assert share(lambda rng: importance(rng, 0.0), ("holds",), draws=20) > 0.8
    # On the border of what counts as the same.
    assert share(lambda rng: importance(rng, 0.1), ("holds",), draws=DRAWS) <= MOST_FALSE

    def medians(rng, shift):
        table = samples(rng, {**FIG_9, "Skip": FIG_9["Skip"] + shift})
        return numbers.medians_come_out(table, SIGNAL, fitted=FITTED)

    assert share(lambda rng: medians(rng, 0.0), ("holds",), draws=20) > 0.8
    assert share(lambda rng: medians(rng, 0.25), ("holds",), draws=DRAWS) <= MOST_FALSE
    own = Fitted(architectures="own", trained=FITTED.trained)
    here = numbers.medians_come_out(samples(np.random.default_rng(0), FIG_9), SIGNAL, fitted=own)
    assert "the paper's numbers are NAS-Bench-301's" in here.why

    def shares(rng, normal, reduction):
        def truth(row):
            return 0.1 + 0.1 * (normal if row.cell_type == "normal" else reduction)

        return numbers.shares_come_out(importances(rng, truth), SIGNAL, fitted=FITTED, threshold=THRESHOLD)

    # Quantiles of the normal distribution: 5% are beyond 1.645 deviations, 0.1 percentage points each.
    assert share(lambda rng: shares(rng, 1.0, -1.645), ("does not hold",), draws=20) > 0.8
    assert share(lambda rng: shares(rng, 0.126, -1.645), ("holds",), draws=DRAWS) <= MOST_FALSE


def samples(rng, means, spreads=None, per_group=150):
    """A ``pattern_predictions`` table of groups with given mean errors and deviations (%), both wirings alike."""
    tables = []
    for group in (*GROUPS, PUBLISHED):
        for wiring in (PUBLISHED,) if group == PUBLISHED else ("corrected", "as_coded"):
            count, deviation = 24 if group == PUBLISHED else per_group, (spreads or {}).get(group, 0.5)
            truth = (means.get(group, 6.0) + rng.normal(0, deviation, count)) / 100
            predicted, refits = learnt(rng, truth, [group] * count, 0.0003)
            columns = {"group": group, "wiring": wiring, "width": rng.choice([2.0, 2.5], count)}
            tables.append(pd.DataFrame({**columns, "genotype": [f"{group} {i}" for i in range(count)],
                                        "predicted": predicted, "refits": refits}))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


SAMPLES = {
    sampling.patterns_suffice_predicted: {"Random": 7.0},
    sampling.links_help: {"Random": 7.0},
    sampling.operations_help: {"Random": 7.0},
    sampling.both_help_most: {"Prim": 6.5},
    sampling.patterns_help_at_equal_width: {"Random": 7.0},
    sampling.samples_match_published_predicted: {PUBLISHED: 6.3},
}


@pytest.mark.parametrize("test", SAMPLES, ids=lambda test: test.__name__)
def test_samples_decide_what_is_there(test):
    # Published cells may be worse by half a deviation of random cells, a quarter of a point.
    border = {PUBLISHED: 5.75} if test is sampling.samples_match_published_predicted else {}
    assert share(lambda rng: test(samples(rng, border), SIGNAL, fitted=FITTED), draws=DRAWS) <= MOST_FALSE
    effect = SAMPLES[test]
    assert share(lambda rng: test(samples(rng, effect), SIGNAL, fitted=FITTED), ("holds",), draws=20) > 0.8


def test_groups_differ_in_spread_only_where_they_do():
    def found(rng, deviation):
        return sampling.patterned_are_alike(samples(rng, {}, {"PrimSkip": deviation}), SIGNAL, fitted=FITTED)

    assert share(lambda rng: found(rng, 0.5), draws=DRAWS) <= MOST_FALSE
    assert share(lambda rng: found(rng, 0.2), ("holds",), draws=20) > 0.8


def replacements(rng, rises):
    """A ``replacements`` table of top genotypes and 24 cells, with mean rises of error by order (points)."""
    cells = [("top", f"top {number}") for number in range(CELLS)] + [
        (f"c{number}", f"c{number}") for number in range(24)
    ]
    steps = [(MOST, 8), (LEAST, 8), (REDUCTION, 8)]
    rows = [(subset, text, order, step) for subset, text in cells for order, step in steps]
    table = pd.DataFrame(rows, columns=["subset", "genotype", "order", "step"])
    truth = (table["order"].map(rises) + rng.normal(0, 0.3, len(table))) / 100
    predicted, refits = learnt(rng, truth, table["order"], 0.0003)
    return table.assign(change=predicted, refits=refits, error=0.06)


#: Importances of the 24 cells, of which 8 operations of 16 matter.
CELL_IMPORTANCES = pd.DataFrame(
    [(f"c{number}", 0.01 * (edge < 8)) for number in range(24) for edge in range(16)], columns=["subset", "importance"]
)


def replaced_by(test):
    """The test as a function of tables that all of them can be given."""

    def found(rng, rises):
        tables = {"predictions": SIGNAL, "fitted": FITTED, "pattern_predictions": samples(rng, {}, per_group=400)}
        tables |= {"genotype_importance": CELL_IMPORTANCES, "threshold": THRESHOLD}
        tables |= {"replacements": replacements(rng, rises)}
        return test(**{name: tables[name] for name in test.__annotations__ if name != "return"})

    return found


EDITS = {
    removal.replacing_costs_mean: ((0.2, 0.2, 0), (0.8, 0.2, 0)),
    removal.replacing_costs_median: ((0.2, 0.2, 0), (0.8, 0.2, 0)),
    # A rise by half a deviation of random cells, a quarter of a point, is the border.
    removal.replaced_keep_mean: ((0.8, 0.25, 0), (0.8, 0.0, 0)),
    removal.replaced_keep_median: ((0.8, 0.25, 0), (0.8, 0.0, 0)),
    replaced.published_keep: ((0.8, 0.25, 0), (0.8, -0.1, 0)),
    replaced.published_need: ((0.2, 0.2, 0), (0.8, 0.2, 0)),
    replaced.reductions_hardly_matter_predicted: ((0.8, 0.2, 0.25), (0.8, 0.2, 0.0)),
}


@pytest.mark.parametrize("test", EDITS, ids=lambda test: test.__name__)
def test_edited_cells_decide_what_is_there(test):
    found = replaced_by(test)
    null, effect = (dict(zip((MOST, LEAST, REDUCTION), rises, strict=True)) for rises in EDITS[test])
    assert share(lambda rng: found(rng, null), draws=DRAWS) <= MOST_FALSE
    assert share(lambda rng: found(rng, effect), ("holds",), draws=20) > 0.8


def test_gains_of_r2_are_covered():
    def found(rng, weight, n=199):
        first, second = rng.normal(size=(n, 8)), rng.normal(size=(n, 8))
        values = first[:, 0] + weight * second[:, 0] + rng.normal(size=n)
        return transfer._gain(first, second, values, "")

    # R² of the first is 1 / (2 + w²), the gain w² times that: on the border where w² is a half.
    assert share(lambda rng: found(rng, np.sqrt(0.5)), draws=DRAWS) <= MOST_FALSE
    assert share(lambda rng: found(rng, 0.2), ("holds",), draws=20) > 0.8
    assert share(lambda rng: found(rng, 1.5), ("does not hold",), draws=20) > 0.8
    # Nothing explains anything: a tie, not a success.
    assert share(lambda rng: transfer._gain(rng.normal(size=(199, 8)), rng.normal(size=(199, 8)),
                                            rng.normal(size=199), ""), draws=DRAWS) <= MOST_FALSE  # fmt: skip


def architectures(rng, reduction=1.0, count=300):
    """A ``predictions`` table of random genotypes, whose separable convolutions count in both cells."""
    genotypes = [darts.SPACE.sample(rng) for _ in range(count)]
    observed = np.array([
        7.0 - 0.2 * separable(genotype.normal) - 0.2 * reduction * separable(genotype.reduce)
        for genotype in genotypes
    ]) + rng.normal(0, 0.3, count)  # fmt: skip
    predicted = (observed + rng.normal(0, 0.05, count)) / 100
    return pd.DataFrame({"genotype": list(map(str, genotypes)), "observed": observed / 100, "predicted": predicted})


def separable(cell):
    return sum(op.startswith("sep_conv") for op, _ in cell.edges)


def test_the_cell_that_explains_more_is_found():
    def found(rng, reduction):
        return transfer.normal_cells_explain_more(architectures(rng, reduction=reduction), fitted=FITTED)

    assert share(lambda rng: found(rng, 1.0), draws=DRAWS) <= MOST_FALSE
    assert share(lambda rng: found(rng, 0.3), ("holds",), draws=20) > 0.8
    assert transfer.reductions_add_little(architectures(np.random.default_rng(0)), fitted=FITTED).value < 0


def test_followers_are_better_where_the_pattern_helps():
    table = architectures(np.random.default_rng(0))
    follows = transfer.followers(table)["follows"]

    def found(rng, worth):
        observed = 0.07 + rng.normal(0, 0.005, len(table)) - worth / 100 * follows
        predicted = observed + rng.normal(0, 0.0005, len(table))
        return transfer.patterns_help_on_cifar(table.assign(observed=observed, predicted=predicted), fitted=FITTED)

    assert share(lambda rng: found(rng, 0.0), draws=DRAWS) <= MOST_FALSE
    assert share(lambda rng: found(rng, 0.5), ("holds",), draws=20) > 0.8


def test_the_jackknife_of_a_mean_is_student_s():
    values = np.random.default_rng(0).normal(size=50)
    found = jackknife(50, lambda units: float(values[units].mean()), "")
    assert found.high - found.value == pytest.approx(2.0096 * values.std(ddof=1) / 50**0.5, rel=1e-3)
    features = np.random.default_rng(1).normal(size=(50, 3))
    assert adjusted_r2(features, features @ [1.0, 2.0, 3.0] + 5) == pytest.approx(1)
    noise = [
        adjusted_r2(rng.normal(size=(50, 8)), rng.normal(size=50)) for rng in map(np.random.default_rng, range(300))
    ]
    assert np.mean(noise) == pytest.approx(0, abs=0.03)


def test_subgraphs_are_counted_as_the_paper_does():
    def found(pattern, others):
        rows = [
            (text, True, 10.0 - place)
            for place, text in enumerate([pattern] * (15 - others) + ["input1 -max_pool_3x3-> a"] * others)
        ]
        table = pd.DataFrame(rows, columns=["motif", "rooted", "ratio_as_coded"])
        # Paths that meet are found by our miner only.
        extra = pd.DataFrame([("input1 -max_pool_3x3-> a", False, 99.0)] * 9, columns=table.columns)
        return pd.concat([table, extra], ignore_index=True)

    joined = found("input1 -skip_connect-> a; a -sep_conv_3x3-> b", 2)
    assert motifs.subgraphs_join(joined, SIGNAL, fitted=FITTED).value == pytest.approx(13 / 15 - 0.5)
    assert motifs.subgraphs_join(joined, SIGNAL, fitted=FITTED).verdict == "holds"
    assert motifs.subgraphs_have_no_others(joined, SIGNAL, fitted=FITTED).verdict == "holds"
    single = found("input1 -sep_conv_3x3-> a", 7)
    assert motifs.subgraphs_join(single, SIGNAL, fitted=FITTED).verdict == "does not hold"
    assert motifs.subgraphs_have_no_others(single, SIGNAL, fitted=FITTED).verdict == "undecided"
    assert motifs.subgraphs_join(single[:0], SIGNAL, fitted=FITTED).why == "no subgraph is frequent"


def test_a_table_without_structure_is_told_from_one_with():
    rng = np.random.default_rng(0)
    codes = rng.integers(len(PRIMITIVES), size=(200, 6))
    worth = rng.normal(size=len(PRIMITIVES))
    error = worth[codes].sum(axis=1)
    others = error[:, None] - worth[codes] + worth.mean()
    table = pd.DataFrame({"index": np.repeat(np.arange(200), 6), "error": np.repeat(error, 6)})
    assert not no_likeness(table.assign(importance=(others - error[:, None]).ravel()))
    chance = table.assign(importance=rng.normal(size=1200) - table["error"])
    assert "errors of cells and of their neighbours have Kendall's tau" in no_likeness(chance)
