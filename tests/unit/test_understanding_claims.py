import numpy as np
import pandas as pd
import pytest

from nascope.analysis.flatness import basins, mean_variances
from nascope.analysis.theory import theory_table
from nascope.config.section import section_of
from nascope.errors import NascopeError
from nascope.evidence.scope import Trained
from nascope.papers.understanding.claims.cells import popular_are_shallow, popular_are_wide
from nascope.papers.understanding.claims.convergence import (
    connections_matter_more,
    fast_at_other_rates,
    wide_converge_fast,
)
from nascope.papers.understanding.claims.geometry import wide_are_smooth, wide_have_quiet_gradients
from nascope.papers.understanding.claims.theory import (
    smoothness_alike,
    smoothness_squared,
    variance_alike,
    variance_squared,
)
from nascope.papers.understanding.claims.trained_accuracy import adapted_generalise_alike, popular_generalise_alike
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.settings import Understanding
from nascope.papers.understanding.studies import adapted_cells, connection_variants, operation_variants
from nascope.papers.understanding.surroundings import Surroundings, measured
from nascope.papers.understanding.surroundings import surroundings as surroundings_of
from nascope.workflow.model import Config
from nascope.workflow.plan import Plan

SEEDS = (0, 1)
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
    return pd.DataFrame(rows, columns=["key", "seed", "epoch", "learning_rate", "test_loss"]).drop_duplicates(
        ["key", "seed", "epoch"]
    )


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


@SIGNS
def test_claims_of_convergence_follow_the_data(sign, verdict):
    def by_width(row):
        return 5 - sign * row.width

    def drawn_operations(row):
        return by_width(row) + (0.05 if sign > 0 else 9) * (row.group != "original")

    genotypes, families = connected()
    operations = operation_variants("o", cells=("DARTS_V2", "ENAS"), variants=4, seeds=SEEDS)
    by_connections = curves(genotypes, by_width)
    assert wide_converge_fast(genotypes, by_connections, trained=TRAINED).verdict == verdict
    found = connections_matter_more(
        [genotypes, families],
        [by_connections, curves(families, by_width)],
        operations,
        curves(operations, drawn_operations),
        trained=TRAINED,
    )
    assert found.verdict == verdict
    found = fast_at_other_rates([genotypes], [curves(genotypes, by_width, rate=0.2)], rates=[0.2])
    assert found.verdict == verdict
    assert found.n == len(SEEDS)


@SIGNS
def test_claims_of_surroundings_follow_the_data(sign, verdict):
    genotypes, _ = connected()
    landscape, gradients = surroundings(
        genotypes,
        lambda row: 4 + sign * 3 * (row.width - 2) + row.draw % 2,
        lambda row: np.exp(-sign * row.width + 0.3 * (row.draw % 3)),
    )
    assert wide_are_smooth(genotypes, landscape, around=AROUND).verdict == verdict
    assert wide_have_quiet_gradients(genotypes, gradients, around=AROUND).verdict == verdict


@SIGNS
def test_claims_of_generalisation_follow_the_data(sign, verdict):
    def score(row):
        return 90 + (0.1 if sign > 0 else 7) * (row.group == "original")

    studies = connected()
    found = popular_generalise_alike(
        list(studies), [trainings(study, score) for study in studies], trained=[TRAINED, TRAINED]
    )
    assert found.verdict == verdict
    assert found.scope == "3 published cells and their variants trained here on d with protocol p"
    adapted = adapted_cells("a", cells={"ENAS": "ENAS_ADAPT", "DARTS_V2": None, "NASNet-A": None}, seeds=SEEDS)
    assert adapted_generalise_alike([adapted], [trainings(adapted, score)], datasets=["d"]).verdict == verdict


def test_exact_claims():
    theory = theory_table(nodes=[3], sizes=[2], scales=[2.0], spectra=["linear"], samples=9, seeds=[0])
    cells = ("DARTS_V2", "ENAS", "NASNet-A")
    assert popular_are_wide(cells=cells).verdict == popular_are_shallow(cells=cells).verdict == "holds"
    assert smoothness_alike(theory).verdict == variance_alike(theory).verdict == "holds"
    for test in (smoothness_squared, variance_squared):
        found = test(theory)
        assert found.low == found.value == found.high


def test_no_claim_is_left_out():
    assert {claim.function for claim in PAPER.claims} == {
        adapted_generalise_alike,
        connections_matter_more,
        fast_at_other_rates,
        popular_are_shallow,
        popular_are_wide,
        popular_generalise_alike,
        smoothness_alike,
        smoothness_squared,
        variance_alike,
        variance_squared,
        wide_are_smooth,
        wide_converge_fast,
        wide_have_quiet_gradients,
    }


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
    claim = next(claim for claim in PAPER.claims if claim.function is fast_at_other_rates)
    assert claim.options(plan) == {"rates": [0.2, 0.01]}
    assert [table.path for table in claim.tables(plan)["genotypes"]] == [
        "results/genotypes/rate_1.parquet",
        "results/genotypes/rate_3.parquet",
    ]


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
