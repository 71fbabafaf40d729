"""What figures of Wan et al. say of their sources, where several data sets and protocols are at work."""

import numpy as np
import pandas as pd
import pytest
import yaml

from nascope.analysis.importance import genotype_importance
from nascope.evidence.scope import Trained
from nascope.papers.redundancy.figures.removal import removal_trained
from nascope.papers.redundancy.figures.sampling import pattern_table
from nascope.papers.redundancy.figures.surrogate import trained_importance
from nascope.papers.redundancy.fitted import Chosen, Fitted
from nascope.papers.redundancy.settings import Mining
from nascope.papers.redundancy.studies import neighbourhoods, pattern_samples, published_cells, successive_removal
from nascope.papers.registry import declared
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.helpers import ROOT
from tests.unit.test_redundancy import error_of, trained
from tests.unit.test_studies import importance_of

FITTED = Fitted(architectures="own", trained=Trained(dataset="digits", protocol="samples"))
ELSEWHERE = Trained(dataset="cifar10", protocol="long")


@pytest.fixture
def predictions():
    observed = np.linspace(0.1, 0.2, 10)
    return pd.DataFrame({"observed": observed, "predicted": observed + 0.01, "fold": 0})


class Exact:
    """A surrogate that is right."""

    def error(self, genotypes):
        return np.array([error_of(str(genotype)) for genotype in genotypes]) / 100


def test_importance_by_training_stands_beside_that_by_the_surrogate(predictions):
    study = neighbourhoods("s", cells=("DARTS_V2",), cell_types=("normal",), edges=(0, 5), seeds=(0, 1))
    centre = Genotype.parse(study["genotype"].iloc[0])
    by_surrogate = genotype_importance(Exact(), [centre], ["DARTS_V2"], darts.SPACE)
    drawing = trained_importance(
        [study], [trained(study)], by_surrogate, predictions, fitted=FITTED, trained=ELSEWHERE, epochs=3
    )
    assert drawing.data["edge"].tolist() == [0, 5]
    assert drawing.data["importance"].to_numpy() == pytest.approx(drawing.data["predicted"].to_numpy())
    assert "trained here on cifar10 with protocol long, 2 seed(s)" in drawing.source
    assert "surrogate fitted to architectures trained here on digits with protocol samples" in drawing.source


def test_removal_tells_the_surrogate_from_the_trainings(predictions):
    rng = np.random.default_rng(0)
    genotypes = [darts.SPACE.sample(rng) for _ in range(6)]
    importance = importance_of(genotypes, rng.permutation(16) / 100)
    study = successive_removal("s", importance=importance, cells=6, steps=(1,), draw_seed=0, seeds=(0,))
    chosen = Chosen(fitted=FITTED, population=300, fraction=0.1)
    drawing = removal_trained(study, trained(study), predictions, chosen=chosen, trained=ELSEWHERE, score="best_test")
    assert drawing.source.startswith("6 genotypes drawn from the best 10% of 300 random genotypes")
    assert "surrogate fitted to architectures trained here on digits with protocol samples" in drawing.source
    assert "Cells trained here on cifar10 with protocol long, 1 seed(s); test accuracy best of all" in drawing.source


def test_a_table_of_two_set_ups_compares_within_each_and_names_both():
    groups = ("Random", "PrimSkip")
    here = pattern_samples("a", groups=groups, per_group=3, wirings=("corrected",), draw_seed=0, seeds=(0,))
    there = pattern_samples("b", groups=groups, per_group=2, wirings=("corrected",), draw_seed=1, seeds=(0, 1))
    cells = published_cells("c", cells=("DARTS_V2", "SNAS_mild"), seeds=(0,))
    genotypes, setups = [here, there, cells], [FITTED.trained, ELSEWHERE, FITTED.trained]
    parameters = [table[["family", "name"]].assign(parameters=1000) for table in genotypes]
    drawing = pattern_table(genotypes, [trained(table) for table in genotypes], parameters, trained=setups)
    columns = ["dataset", "protocol", "group", "cells"]
    assert drawing.data[columns].to_numpy().tolist() == [
        ["digits", "samples", "Random", 3],
        ["digits", "samples", "PrimSkip", 3],
        ["digits", "samples", "published", 2],
        ["cifar10", "long", "Random", 2],
        ["cifar10", "long", "PrimSkip", 2],
    ]
    assert drawing.data["published_difference"].isna().tolist() == [False] * 3 + [True] * 2
    both = "trained here on digits with protocol samples and trained here on cifar10 with protocol long, 1 to 2 seed(s)"
    assert drawing.source.startswith(f"12 genotypes {both}")


def test_every_figure_is_given_what_is_true_of_what_it_draws():
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    raw["redundancy"] |= {
        "importance": {"dataset": "cifar100", "fraction": 0.02, "threshold": 0.003},
        "surrogate": {"fraction": 0.1, "population": 400},
    }
    raw["studies"]["removal"] |= {"protocol": "digits_generalisation"}
    figures = declared()["redundancy"].figures
    plan = plans(read_config(raw))["redundancy"]
    given = {name: figure.options(plan) for name, figure in figures.items() if figure.where(plan)}
    table = {"table": raw["nasbench201"]["table"]}
    scales = {"digits_darts": "C=4, N=5, 6 epochs", "digits_generalisation": "C=4, N=5, 2 epochs"}
    groups, removal = (
        {"dataset": "digits", "protocol": name, "scale": scale, "short": raw["protocols"][name]["short"]}
        for name, scale in scales.items()
    )
    chosen = {"fitted": {"architectures": "nasbench301", "trained": groups}, "population": 400, "fraction": 0.1}
    mining = {"threshold": 0.003, "mining": Mining()}
    assert given["importance"] == {**table, "fraction": 0.02, "threshold": 0.003}
    assert given["removal"] == {**table, "fraction": 0.02}
    assert given["motifs"] == {**table, "dataset": "cifar100", **mining}
    assert given["darts_motifs"] == {"chosen": chosen, **mining}
    assert given["removal_trained"] == {"chosen": chosen, "trained": removal, "score": "last_test"}
    assert given["pattern_groups"] == {"trained": groups}
