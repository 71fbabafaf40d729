import numpy as np
import pandas as pd
import pytest

from nascope.analysis.flatness import basins, mean_variances
from nascope.analysis.theory import theory_table
from nascope.config.section import section_of
from nascope.errors import NascopeError
from nascope.evidence.scope import Trained
from nascope.papers.understanding.claims import cells, convergence, geometry, sizes, theory
from nascope.papers.understanding.claims.operations import connections_matter_more
from nascope.papers.understanding.claims.trained_accuracy import adapted_generalise_alike, popular_generalise_alike
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.settings import Understanding
from nascope.papers.understanding.studies import adapted_cells, connection_variants, operation_variants
from nascope.papers.understanding.surroundings import Surroundings, measured
from nascope.papers.understanding.surroundings import surroundings as surroundings_of
from nascope.workflow.model import Config
from nascope.workflow.plan import Plan
from tests.simulated import share

SEEDS = (0, 1)
NOT_TESTABLE = "not testable at this scale"
TRAINED = Trained(dataset="d", protocol="p")
AROUND = Surroundings(trained=TRAINED, split="test", images=0, batch_norm="batch", seed=0)


def curves(genotypes, loss, rate=0.1, noise=0.01):
    """Two epochs of every seed; ``loss`` of a genotype's row."""
    rng = np.random.default_rng(0)
    rows = [
        (row.key, seed, epoch, rate, loss(row) + noise * rng.normal())
        for row in genotypes.itertuples()
        for seed in SEEDS
        for epoch in (1, 2)
    ]
    columns = ["key", "seed", "epoch", "learning_rate", "test_loss"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(["key", "seed", "epoch"]).assign(status="ok")


def trainings(genotypes, accuracy):
    rows = [(row.key, seed, accuracy(row) + 0.01 * seed) for row in genotypes.itertuples() for seed in SEEDS]
    return pd.DataFrame(rows, columns=["key", "seed", "last_test_accuracy"]).drop_duplicates(["key", "seed"])


def surroundings(genotypes, basin, variance):
    """A 3x3 plane whose first ``basin(row)`` points are in the basin, and gradient variances."""
    planes, gradients = [], []
    for row in genotypes.itertuples():
        common = {"study": row.study, "key": row.key, "seed": 0, "batch_norm": "batch"}
        places = [(a, b) for a in (-1.0, 0.0, 1.0) for b in (-1.0, 0.0, 1.0)]
        for number, (a, b) in enumerate(places):
            loss = 0.5 if number < basin(row) else 3.0
            planes.append({**common, "directions": "plane", "a": a, "b": b, "loss": loss})
            gradients += [
                {**common, "a": a, "b": b, "batch_size": size, "variance": (number + 1) * variance(row) / size}
                for size in (1, 8)
            ]
        planes += [{**common, "directions": "line", "a": a, "b": 0.0, "loss": 0.5} for a in (-1.0, 0.0, 1.0)]
    return pd.DataFrame(planes), pd.DataFrame(gradients)


def connected():
    """Connection variants of three published cells, as two studies."""
    genotypes = connection_variants("s", cells=("DARTS_V2",), widths=(2, 2.5, 3, 3.5), per_width=3, seeds=SEEDS)
    return genotypes, connection_variants("f", cells=("ENAS", "NASNet-A"), widths=(2, 3.5), per_width=2, seeds=SEEDS)


# Tables in which the paper is right (sign 1) or wrong (-1).
SIGNS = pytest.mark.parametrize(("sign", "verdict"), [(1, "holds"), (-1, "does not hold")])


def by_shape(sign):
    """A loss that falls (1) or grows (-1) with width and with shallowness."""
    return lambda row: 5 - sign * (row.width - 0.2 * row.depth)


@SIGNS
def test_claims_of_convergence_follow_the_data(sign, verdict):
    genotypes, _ = connected()
    loss = by_shape(sign)
    for test in (convergence.wide_converge_fast, convergence.shallow_converge_fast):
        assert test(genotypes, curves(genotypes, loss), trained=TRAINED).verdict == verdict
    relatives = connection_variants("f", cells=("ENAS", "NASNet-A"), widths=(2, 3, 3.5), per_width=2, seeds=SEEDS)
    # Families of very different levels are compared within themselves only.
    apart = curves(relatives, lambda row: loss(row) + sign * 20 * (row.family == "ENAS"))
    for test in (convergence.wide_relatives_converge_fast, convergence.shallow_relatives_converge_fast):
        assert test(relatives, apart, trained=TRAINED).verdict == verdict
    for test in (convergence.fast_at_smaller_rates, convergence.fast_at_larger_rates):
        found = test([genotypes], [curves(genotypes, loss, rate=0.2)], rates=[0.2])
        assert (found.verdict, found.n) == (verdict, len(genotypes))
        assert test([], [], rates=[]).verdict == NOT_TESTABLE


def test_networks_that_diverged_are_counted_as_the_slowest():
    genotypes, _ = connected()
    table = curves(genotypes, by_shape(1))
    narrow = genotypes.loc[genotypes["width"].idxmin(), "key"]
    table.loc[(table["key"] == narrow) & (table["epoch"] == 2), ["test_loss", "status"]] = np.nan, "diverged"
    found = convergence.wide_converge_fast(genotypes, table, trained=TRAINED)
    assert found.n == len(genotypes)
    assert found.scope.endswith(", 1 cell(s) that diverged counted as the slowest")
    assert (
        found.value >= convergence.wide_converge_fast(genotypes, curves(genotypes, by_shape(1)), trained=TRAINED).value
    )


def rewired_and_redrawn(rng, connections, operations):
    """What the comparison of both kinds of variants reads; losses differ by these standard deviations."""
    genotypes, families = connected()
    redrawn = operation_variants("o", cells=("DARTS_V2", "ENAS"), variants=4, seeds=(0,))
    losses = {}

    def loss(row):
        spread = 0 if row.group == "original" else operations if row.group == "operations" else connections
        return losses.setdefault(row.key, 5 + rng.normal(0, spread)) if spread else 5

    tables = [curves(study, loss) for study in (genotypes, families, redrawn)]
    return {
        "genotypes": [genotypes, families],
        "curves": tables[:2],
        "operations_genotypes": redrawn,
        "operations_curves": tables[2],
        "trained": TRAINED,
    }


def test_connections_and_operations_are_compared_fairly():
    def test(connections, operations):
        return lambda rng: connections_matter_more(**rewired_and_redrawn(rng, connections, operations))

    assert share(test(1.0, 1.0), draws=40) <= 0.2  # a level of 5% is exceeded in one of 10,000 cases
    assert share(test(2.0, 0.1), ["holds"], draws=40) >= 0.8
    assert share(test(0.1, 2.0), ["does not hold"], draws=40) >= 0.8
    found = test(1.0, 1.0)(np.random.default_rng(0))
    assert found.n == 12 + 4 + 4 + 4  # variants of the two cells that have both kinds; seed 0 alone has both
    assert "seed noise subtracted" in found.scope


@SIGNS
def test_claims_of_surroundings_follow_the_data(sign, verdict):
    genotypes, _ = connected()
    landscape, gradients = surroundings(
        genotypes,
        lambda row: 4 + sign * 3 * (row.width - 2) + row.draw % 2,
        lambda row: np.exp(-sign * row.width + 0.3 * (row.draw % 3)),
    )
    for test in (geometry.wide_are_smooth, geometry.shallow_are_smooth):
        assert test(genotypes, landscape, around=AROUND).verdict == verdict
    for test in (geometry.wide_have_quiet_gradients, geometry.shallow_have_quiet_gradients):
        assert test(genotypes, gradients, around=AROUND).verdict == verdict


def test_modes_of_batch_norm_that_disagree_decide_nothing():
    genotypes, _ = connected()
    _, quiet = surroundings(genotypes, lambda row: 4, lambda row: np.exp(-row.width))
    _, loud = surroundings(genotypes, lambda row: 4, lambda row: np.exp(row.width))
    both = pd.concat([quiet, loud.assign(batch_norm="running")])
    found = geometry.wide_have_quiet_gradients(genotypes, both, around=AROUND)
    assert found.verdict == "undecided"
    assert "batch statistics 1.00" in found.scope
    assert "running estimates -1.00" in found.scope


def scores(study, gap):
    """Accuracies of random cells with a spread of one point, and of published ones that are better by ``gap``."""
    rng = np.random.default_rng(0)
    level = {key: 90 + rng.normal() for key in study["key"].unique()}
    return trainings(study, lambda row: 90 + gap if row.group == "original" else level[row.key])


def families_of_variants():
    """Twelve connection variants of each of five published cells, in two studies."""
    shared = {"widths": (2, 2.5, 3, 3.5), "per_width": 3, "seeds": SEEDS}
    others = ("ENAS", "NASNet-A", "SNAS_mild", "AmoebaNet-A")
    return connection_variants("s", cells=("DARTS_V2",), **shared), connection_variants("f", cells=others, **shared)


@pytest.mark.parametrize(("gap", "verdict"), [(0.0, "holds"), (30.0, "does not hold")])
def test_claims_of_generalisation_follow_the_data(gap, verdict):
    studies = families_of_variants()
    tables = [scores(study, gap) for study in studies]
    found = popular_generalise_alike(list(studies), tables, trained=[TRAINED, TRAINED])
    assert found.verdict == verdict
    assert found.scope == "5 published cells and their variants trained here on d with protocol p"
    short = Trained(dataset="d", protocol="p", short="six epochs")
    gated = popular_generalise_alike(list(studies), tables, trained=[TRAINED, short])
    assert (gated.verdict, gated.why) == (NOT_TESTABLE, "six epochs")


@pytest.mark.parametrize(("gap", "verdict"), [(0.0, "holds"), (300.0, "does not hold")])
def test_adapted_cells_are_compared_in_units_of_the_originals_spread(gap, verdict):
    names = ("ENAS", "DARTS_V2", "NASNet-A", "SNAS_mild", "AmoebaNet-A")
    adapted = adapted_cells("a", cells=dict.fromkeys(names), seeds=SEEDS)
    level = {name: 90 + number for number, name in enumerate(names)}
    table = trainings(adapted, lambda row: level[row.family] + gap * (row.group == "adapted"))
    assert adapted_generalise_alike([adapted], [table], trained=[TRAINED]).verdict == verdict


def test_published_cells_are_wide_and_not_clearly_shallow():
    paper = ("NASNet-A", "AmoebaNet-A", "ENAS", "DARTS_V2", "SNAS_mild")
    assert cells.popular_are_wide(cells=paper).verdict == cells.popular_are_shallow(cells=paper).verdict == "holds"
    assert cells.popular_are_wide(cells=paper).high <= 0.5
    wide, shallow = cells.published_are_wide(), cells.published_are_shallow()
    assert (wide.n, wide.verdict) == (24, "holds")
    assert (wide.value, wide.low, wide.high) == pytest.approx((0.222, 0.111, 0.334), abs=1e-3)
    assert (shallow.n, shallow.verdict) == (24, "undecided")
    assert (shallow.value, shallow.low, shallow.high) == pytest.approx((0.065, -0.075, 0.205), abs=1e-3)


def test_exact_claims():
    table = theory_table(nodes=[3], sizes=[2], scales=[2.0], spectra=["linear"], samples=9, seeds=[0])
    for test in (theory.smoothness_alike, theory.variance_alike, theory.smoothness_squared, theory.variance_squared):
        found = test(table)
        assert found.low == found.value == found.high
        assert found.verdict == "formula unverified"
    found = sizes.sizes_are_published()
    assert (found.n, found.verdict) == (30, "holds")


def plan_of(rates):
    """A plan with one study per learning rate; the first is the one of convergence."""
    names = [f"rate_{number}" for number in range(len(rates))]
    measures = {
        "landscape": {"studies": {"rate_0": {"images": 5}, "rate_1": {}}, "batch_norm": ["running", "batch"]},
        "gradients": {},
        "sharpness": {},
    }
    geometry = {"seeds": [3, 4], "measures": measures}
    section = section_of(Understanding, {"convergence": "rate_0", "rates": names, "geometry": geometry})
    shared = {"channels": 4, "cells": 3, "epochs": 2, "batch_size": 8, "weight_decay": 0.0}
    config = {
        "datasets": {"d": {"source": "digits"}},
        "protocols": {f"p{k}": {**shared, "learning_rate": rate} for k, rate in enumerate(rates)},
        "search_spaces": {},
        "studies": {
            name: {"kind": "connection_variants", "dataset": "d", "protocol": f"p{k}"} for k, name in enumerate(names)
        },
    }
    return Plan(section_of(Config, config), section)


def test_only_studies_with_another_learning_rate_are_read():
    plan = plan_of([0.1, 0.2, 0.1, 0.01])
    for function, rate, study in (
        (convergence.fast_at_larger_rates, 0.2, "rate_1"),
        (convergence.fast_at_smaller_rates, 0.01, "rate_3"),
    ):
        test = next(test for test in PAPER.tests if test.function is function)
        assert test.options(plan) == {"rates": [rate]}
        assert [table.path for table in test.tables(plan)["genotypes"]] == [f"results/genotypes/{study}.parquet"]


def test_figures_say_how_their_study_was_measured():
    found = surroundings_of(plan_of([0.1, 0.2]), "landscape", "rate_0")
    assert section_of(Surroundings, found) == Surroundings(
        trained=Trained(dataset="d", protocol="p0", scale="source digits, C=4, N=3, 2 epochs"),
        split="test",
        images=5,
        batch_norm="running",
        seed=3,
    )
    assert surroundings_of(plan_of([0.1, 0.2]), "landscape", "rate_1")["images"] == 100


def test_a_study_that_was_not_measured_is_named():
    genotypes, families = connected()
    landscape, _ = surroundings(genotypes, lambda row: 4, lambda row: 1)
    assert set(measured(genotypes, landscape)["panel"]) == set(genotypes["name"])
    with pytest.raises(NascopeError, match="nothing is measured around weights of study 'f'"):
        measured(families, landscape)


def test_basins_and_mean_variances():
    genotypes = connection_variants("s", cells=("DARTS_V2",), widths=(2,), per_width=1, seeds=(0,))
    landscape, gradients = surroundings(genotypes, lambda row: row.width + 1, lambda row: 2.0)
    found = genotypes.merge(basins(landscape), on=["study", "key"]).set_index("name")["basin"]
    assert found.to_dict() == {"DARTS_V2": 5 / 9, "C1": 3 / 9}
    # A point whose loss overflowed is not in the basin.
    landscape.loc[0, "loss"] = np.inf
    landscape.loc[12, "loss"] = np.nan
    assert genotypes.merge(basins(landscape), on=["study", "key"])["basin"].tolist() == [4 / 9, 2 / 9]
    means = mean_variances(gradients)
    assert set(means["batch_size"]) == {1, 8}
    expected = 2 * np.exp(np.log(np.arange(1, 10)).mean())
    assert means.loc[means["batch_size"] == 1, "variance"].tolist() == pytest.approx([expected, expected])
