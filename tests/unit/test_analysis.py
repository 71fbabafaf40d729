import numpy as np
import pandas as pd
import pytest

from nascope.analysis.importance import edge_importance, nasbench201_importance, subsets
from nascope.analysis.ranking import correlations, mean_scores, ranks
from nascope.errors import NascopeError
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import enumerate_cells, neighbours


class RandomOracle:
    dataset, fidelity, noise = "random", "", 0.0

    def __init__(self, seed):
        self.seed = seed

    def error(self, genotypes):
        """The same error for the same cell, whatever the order."""
        return np.array([np.random.default_rng([self.seed, *map(ord, cell.code)]).random() for cell in genotypes])


@pytest.mark.parametrize("nodes", [2, 3])
def test_importance_equals_the_definition_edge_by_edge(nodes):
    oracle = RandomOracle(nodes)
    table = nasbench201_importance(oracle, nodes=nodes)
    for row in table.itertuples():
        cell = enumerate_cells(nodes)[row.index]
        around = oracle.error(neighbours(cell, row.edge))
        assert row.importance == pytest.approx(around.mean() - oracle.error([cell])[0])
        assert row.primitive == cell.ops[row.edge]


def test_importance_of_four_nodes_on_random_cells():
    oracle = RandomOracle(0)
    table = nasbench201_importance(oracle).set_index(["index", "edge"])["importance"]
    cells = enumerate_cells(4)
    for index in np.random.default_rng(0).choice(15_625, 40):
        for edge in range(6):
            expected = oracle.error(neighbours(cells[index], edge)).mean() - oracle.error([cells[index]])[0]
            assert table[index, edge] == pytest.approx(expected)


def test_importances_of_an_additive_error_are_its_terms():
    """If each operation adds a fixed error, an edge's importance is the mean of the others' minus its own."""
    terms = np.array([0.05, 0.03, 0.02, 0.01, 0.04])
    codes = np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in enumerate_cells(3)])
    importance = edge_importance(codes, terms[codes].sum(axis=1))
    expected = (terms.sum() - terms[codes]) / 4 - terms[codes]
    np.testing.assert_allclose(importance, expected, atol=1e-12)


def test_incomplete_spaces_and_missing_errors_are_refused():
    codes = np.array([[0, 0], [0, 1], [1, 0]])
    with pytest.raises(NascopeError, match="do not cover"):
        edge_importance(codes, np.zeros(3))
    with pytest.raises(NascopeError, match="cell 1 is not finite"):
        edge_importance(np.array([[0], [1]]), np.array([0.0, np.nan]))


def test_five_percent_of_nasbench201_is_781_cells():
    labels = subsets(np.random.default_rng(0).random(15_625), 0.05)
    assert (labels == "top").sum() == (labels == "bottom").sum() == 781
    assert subsets(np.array([0.3, 0.1, 0.2]), 1 / 3).tolist() == ["bottom", "top", "rest"]


def test_correlations_of_subsets():
    rng = np.random.default_rng(0)
    first = rng.uniform(80, 100, 200)
    runs = [
        pd.DataFrame(
            {"dataset": name, "epochs": 200, "index": np.arange(200), "valid_accuracy": values, "test_accuracy": np.nan}
        )
        for name, values in {"a": first, "b": first + rng.normal(size=200)}.items()
    ]
    scores = mean_scores(pd.concat(runs))
    assert list(scores.columns) == ["a valid", "b valid"]
    table = correlations(scores, "a valid", [90])
    everything = table[(table["subset"] == "all") & (table["first"] == "a valid") & (table["second"] == "b valid")]
    assert everything["pearson"].iloc[0] == pytest.approx(np.corrcoef(scores.T)[0, 1])
    best = table[table["subset"] == "a valid > 90.00%"]
    assert best["cells"].iloc[0] == (first > 90).sum()
    assert sorted(ranks(scores)["b valid"]) == list(range(200))
    assert ranks(pd.DataFrame({"a": [5.0, 1.0, 5.0, 9.0]}))["a"].tolist() == [1.5, 0, 1.5, 3]  # never by index
