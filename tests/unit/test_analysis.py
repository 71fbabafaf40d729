import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from nascope.analysis.clustering import comembership, hierarchical_groups, kmeans_groups, projected
from nascope.analysis.importance import edge_importance, nasbench201_importance, subsets
from nascope.analysis.operators import GramAccumulator, accumulate_features, operator_tables, probed_edges
from nascope.analysis.ranking import correlations, mean_scores, ranks, welch_interval
from nascope.datasets.sources import load_dataset
from nascope.errors import NascopeError
from nascope.networks.initialise import initialise
from nascope.search.one_level import MixedSupernet
from nascope.spaces.nasbench201 import PRIMITIVES, enumerate_cells, neighbours


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


@given(st.integers(0, 10_000), st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_streamed_correlation_equals_the_offline_formula(seed, batches):
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(4, sum(batches) + 1, 6, generator=generator) + 3.0
    maps[3] = 0.5 * maps[0] - 2  # perfectly correlated with the first
    accumulator = GramAccumulator()
    for part in maps.split([*batches, 1], dim=1):
        accumulator.update(part)
    centred = (maps - maps.mean(dim=1, keepdim=True)).double()
    covariance = torch.einsum("inf,jnf->ij", centred, centred)
    expected = covariance / (covariance.diag()[:, None] * covariance.diag()).sqrt()
    found = accumulator.correlation()
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)
    assert found[0, 3] == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(accumulator.means(), maps.double().mean(dim=1).numpy(), rtol=1e-5)


def test_constant_operators_have_no_correlation():
    accumulator = GramAccumulator()
    accumulator.update(torch.stack([torch.ones(5, 3), torch.randn(5, 3)]))
    assert np.isnan(accumulator.correlation()[0, 1])


def test_clusters_of_an_obvious_matrix():
    matrix = np.kron(np.eye(3), np.full((2, 2), 0.9))
    np.fill_diagonal(matrix, 1)
    assert hierarchical_groups(matrix, 3).tolist() == [0, 0, 1, 1, 2, 2]
    means = np.repeat(np.eye(3) * 10, 2, axis=0)
    assert kmeans_groups(means, 3).tolist() == [0, 0, 1, 1, 2, 2]


def test_features_of_a_supernet_match_its_operations():
    dataset = load_dataset("digits", {"source": "digits"})
    primitives = ("skip_connect", "avg_pool_3x3", "none")
    supernet = MixedSupernet(primitives, nodes=2, channels=2, layers=3, in_channels=1, replicas=2)
    initialise(supernet, [0, 1])
    accumulated = accumulate_features(supernet, dataset, 40)
    assert sorted(accumulated) == [(r, cell, edge) for r in (0, 1) for cell in range(3) for edge in (0, 4)]
    assert probed_edges(supernet)[1] == (0, 4)
    features, groups = operator_tables(accumulated, primitives[:2], [5, 6], 2)
    assert set(features["seed"]) == {5, 6}
    assert (features["images"] == 40).all()
    x = dataset.normalise(dataset.train.images[:40]).repeat(1, 2, 1, 1)
    cell = supernet.cells[0]
    with torch.no_grad():
        state = cell.before(supernet.stem(x))
        maps = torch.stack([operation(state) for operation in list(cell.edges[0])[:2]])
    expected = GramAccumulator()
    expected.update(maps.unflatten(2, (2, -1))[:, :, 1].flatten(2))
    probe = features[(features["seed"] == 6) & (features["cell"] == 0) & (features["edge"] == 0)]
    found = probe.pivot(index="first", columns="second", values="correlation").loc[primitives[0], primitives[1]]
    assert found == pytest.approx(expected.correlation()[0, 1], abs=1e-4)
    assert set(groups["method"]) == {"hierarchical", "kmeans"}


def test_welch_interval_is_scipys():
    rng = np.random.default_rng(0)
    first, second = rng.normal(1, 1, 5), rng.normal(0, 3, 4)
    theirs = ttest_ind(first, second, equal_var=False).confidence_interval()
    ours = welch_interval(*((x.mean(), x.std(ddof=1), len(x)) for x in (first, second)))
    assert ours == pytest.approx((theirs.low, theirs.high))
    assert welch_interval((2.0, 0.0, 3), (1.5, 0.0, 3)) == (0.5, 0.5)


def test_projections_keep_distances_of_plane_data_and_have_a_sign():
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(6, 2)) * (3, 1)
    turned = plane @ np.linalg.qr(rng.normal(size=(40, 2)))[0].T
    found = projected(turned)
    gaps = [np.linalg.norm(points[:, None] - points[None], axis=2) for points in (plane, found)]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-4)
    assert (found[np.abs(found).argmax(axis=0), [0, 1]] > 0).all()
    assert np.array_equal(found, projected(turned))


def test_comembership_counts_clusterings():
    rows = [
        (0, 0, edge, op, group)
        for edge, groups in enumerate(((0, 0, 1), (0, 1, 1)))
        for op, group in zip("abc", groups, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["seed", "cell", "edge", "operator", "group"])
    expected = [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert comembership(table, ["a", "b", "c"]).tolist() == expected
