"""What searches in spaces of two-input cells found."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from nascope.analysis.cell_searches import alpha_against_accuracy, final_cells, mean_strengths, with_skips
from nascope.papers.stacnas.studies import edge_operators, found_cells
from nascope.spaces import darts
from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import Genotype


def cell(skips):
    ops = ["skip_connect"] * skips + ["sep_conv_3x3"] * (8 - skips)
    edges = [(op, source) for op, source in zip(ops, (0, 1) * 4, strict=True)]
    return f"Genotype(normal={edges}, normal_concat=[2, 3, 4, 5], reduce={edges}, reduce_concat=[2, 3, 4, 5])"


def searches():
    rows = []
    for algorithm, stage, counts in (("DARTS-V1", 1, (0, 1, 2, 5, 1)), ("StacNAS", 1, (0, 3)), ("StacNAS", 2, (0, 1))):
        for epoch, skips in enumerate(counts):
            rows.append(("s2", algorithm, stage, "batch", 7, epoch, cell(skips), 1.0, 10.0))
    columns = ["space", "algorithm", "stage", "batch_norm", "seed", "epoch", "genotype", "train_loss", "proxy_accuracy"]
    return pd.DataFrame(rows, columns=columns)


def test_final_cells_are_of_the_last_stage_and_early_stopping_returns_what_came_before_the_collapse():
    found = final_cells(searches()).set_index("algorithm")["skips"]
    assert found.to_dict() == {"DARTS-V1": 1, "StacNAS": 1, "DARTS-ES": 2}
    collapsed = searches().assign(genotype=lambda t: np.where(t["algorithm"] == "DARTS-V1", cell(6), t["genotype"]))
    early = final_cells(collapsed)
    assert early.loc[early["algorithm"] == "DARTS-ES", "epoch"].tolist() == [1]
    assert with_skips(searches())["skips"].tolist() == [0, 1, 2, 5, 1, 0, 3, 0, 1]
    study = found_cells("s", searches=searches())
    assert study["seeds"].tolist() == [[7]] * 3
    assert study["family"].tolist() == ["s2"] * 3


def test_strengths_are_softmaxes_per_edge():
    rows = [
        ("s", "StacNAS", 1, 0, 0, "normal", edge, k, op, alpha)
        for edge, alphas in enumerate(((0.0, 1.0, 2.0), (3.0, 0.0, 0.0)))
        for k, (op, alpha) in enumerate(zip(("skip_connect", "skip_connect", "sep_conv_3x3"), alphas, strict=True))
    ]
    columns = ["space", "algorithm", "stage", "seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha"]
    table = pd.DataFrame(rows, columns=columns)
    found = mean_strengths(table).set_index("operator")["strength"]
    expected = (softmax([0.0, 1.0, 2.0])[2] + softmax([3.0, 0.0, 0.0])[2]) / 2
    assert found["sep_conv_3x3"] == pytest.approx(expected)
    assert found.sum() == pytest.approx(1)


def test_alphas_are_set_against_the_accuracies_of_their_edge():
    study = edge_operators("s", cell="DARTS_V2", cell_type="normal", edge=3, seeds=(0,))
    assert study["group"].tolist() == list(darts.PRIMITIVES)
    assert study["genotype"].nunique() == 7
    place = complete_edges(4).index((Genotype.parse(study["genotype"].iloc[0]).normal.edges[3][1], 3))
    trainings = pd.DataFrame({"key": study["key"], "seed": 0, "last_test_accuracy": np.arange(7.0)})
    rows = [
        ("d", name, 1, seed, epoch, "normal", edge, k, op, float(k * (edge == place) * epoch))
        for name in ("StacNAS", "DARTS-V1") for seed in (0, 1) for epoch in (0, 1) for edge in range(14)
        for k, op in enumerate((*darts.PRIMITIVES, "none"))
    ]  # fmt: skip
    columns = ["space", "algorithm", "stage", "seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha"]
    where = {"space": "d", "cell_type": "normal", "edge": 3}
    found = alpha_against_accuracy(pd.DataFrame(rows, columns=columns), study, trainings, **where)
    assert len(found) == 14
    stacnas = found[found["algorithm"] == "StacNAS"].set_index("operator")
    assert stacnas["strength"].to_numpy() == pytest.approx(softmax(np.arange(8.0))[:7])
    assert stacnas["accuracy"].tolist() == list(range(7))
