import numpy as np
import pandas as pd
import pytest

from nascope.analysis.flatness import basins, mean_variances
from nascope.analysis.theory import theory_table
from nascope.claims import evaluate_claims
from nascope.studies.understanding import adapted_cells, connection_variants, operation_variants

OPTIONS = {
    "cells": ["DARTS_V2", "ENAS", "NASNet-A"],
    "dataset": "d",
    "protocol": "p",
    "batch_norm": {"landscape": "batch", "gradients": "batch"},
    "other_rates": [0.2],
    "adapted_datasets": ["d"],
}
SEEDS = [0, 1]


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


def tables(sign):
    """Tables in which the paper is right (1) or wrong (-1)."""
    cells = {"cells": ["DARTS_V2"], "widths": [2, 2.5, 3, 3.5], "per_width": 3, "seeds": SEEDS}
    genotypes = connection_variants("s", **cells)
    families = connection_variants("f", cells=["ENAS", "NASNet-A"], widths=[2, 3.5], per_width=2, seeds=SEEDS)
    operations = operation_variants("o", cells=["DARTS_V2", "ENAS"], variants=4, seeds=SEEDS)
    adapted = adapted_cells("a", cells={"ENAS": "ENAS_ADAPT", "DARTS_V2": None, "NASNet-A": None}, seeds=SEEDS)

    def by_width(row):
        return 5 - sign * row.width

    def drawn_operations(row):
        return by_width(row) + (0.05 if sign > 0 else 9) * (row.group != "original")

    def score(row):
        return 90 + (0.1 if sign > 0 else 7) * (row.group == "original")

    landscape, gradients = surroundings(
        genotypes,
        lambda row: 4 + sign * 3 * (row.width - 2) + row.draw % 2,
        lambda row: np.exp(-sign * row.width + 0.3 * (row.draw % 3)),
    )
    return {
        "genotypes": genotypes,
        "curves": curves(genotypes, by_width),
        "families_genotypes": families,
        "families_curves": curves(families, by_width),
        "operations_genotypes": operations,
        "operations_curves": curves(operations, drawn_operations),
        "rates_genotypes": [genotypes, genotypes],
        "rates_curves": [curves(genotypes, by_width), curves(genotypes, by_width, rate=0.2)],
        "landscape": landscape,
        "gradients": gradients,
        "theory": theory_table(nodes=[3], sizes=[2], scales=[2.0], spectra=["linear"], samples=9, seeds=[0]),
        "final_genotypes": [genotypes, families],
        "final_trainings": [trainings(genotypes, score), trainings(families, score)],
        "adapted_genotypes": [adapted],
        "adapted_trainings": [trainings(adapted, score)],
    }


@pytest.mark.parametrize(("sign", "verdict"), [(1, "holds"), (-1, "does not hold")])
def test_claims_follow_the_data(sign, verdict):
    found = evaluate_claims("understanding", tables(sign), OPTIONS).set_index("claim")["verdict"].to_dict()
    exact = {name for name in found if "Theorem" in name or name.startswith("popular cells are")}
    assert len(exact) == 6
    assert {name: found[name] for name in found if name not in exact} == dict.fromkeys(set(found) - exact, verdict)
    assert all(found[name] == "holds" for name in exact if "squared" not in name)


def test_basins_and_mean_variances():
    genotypes = connection_variants("s", cells=["DARTS_V2"], widths=[2], per_width=1, seeds=[0])
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
