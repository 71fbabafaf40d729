"""Correlation and clusters of operators in trained supernets."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nascope.analysis.clustering import comembership, hierarchical_groups, kmeans_groups, projected
from nascope.analysis.features import GramAccumulator, accumulate_features
from nascope.analysis.operators import measure_operators
from nascope.config.section import section_of
from nascope.errors import NascopeError
from nascope.search.one_shot import base
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.training.protocol import Protocol
from tests.killed import killed_after

PROTOCOL = Protocol(channels=2, cells=3, epochs=2, batch_size=250, learning_rate=0.05, gradient_clip=3.0)


def space(**spec):
    return TwoInputSpace.of(section_of(SpaceSpec, {"nodes": 2, **spec}))


def measure(dataset, store, searched=None, **changes):
    searched = searched or space(primitives=["skip_connect", "sep_conv_3x3", "avg_pool_3x3", "none"])
    how = {"settings": {"alpha_learning_rate": 0.01}, "seeds": [3, 4], "images": 40, "groups": 2, **changes}
    return measure_operators(dataset, searched, PROTOCOL, **how, store=store)


def test_features_of_a_supernet_match_its_operations(digits):
    searched = space(primitives=["skip_connect", "avg_pool_3x3", "none"])
    search = OneLevel(SearchSetup(digits, PROTOCOL, searched, ("batch",), 1))
    search.run()
    before = {name: value.clone() for name, value in search.network.state_dict().items()}
    measured = accumulate_features(search, 40)
    assert sorted(measured) == [(cell, edge) for cell in range(3) for edge in (0, 4)]
    assert {accumulator.images for accumulator in measured.values()} == {40}
    assert all(torch.equal(value, before[name]) for name, value in search.network.state_dict().items())
    network, images = search.network.eval(), digits.normalise(digits.train.images[:40])
    cell = network.cells[0]
    with torch.no_grad():
        state = cell.before(network.stem(images))
        maps = torch.stack([operation(state).flatten(1) for operation in list(cell.edges[0])[:2]])
    expected = GramAccumulator()
    expected.update(maps)
    np.testing.assert_allclose(measured[0, 0].correlation(), expected.correlation(), atol=1e-6)
    np.testing.assert_allclose(measured[0, 0].means(), expected.means(), atol=1e-6)


def test_every_seed_is_a_search_of_its_own(digits, tmp_path):
    features, groups = measure(digits, tmp_path)
    assert features.groupby("seed").size().to_dict() == {3: 54, 4: 54}  # six edges, nine pairs of operators
    assert set(features["first"]) == {"skip_connect", "sep_conv_3x3", "avg_pool_3x3"}
    assert (features["images"] == 40).all()
    assert features.loc[features["first"] == features["second"], "correlation"].to_numpy() == pytest.approx(1)
    by_method = groups.groupby(["method", "seed"])["cell"].agg(["size", "min"]).to_dict("index")
    assert by_method["hierarchical", 3] == {"size": 21, "min": -1}  # averaged over edges, too
    assert by_method["kmeans", 4] == {"size": 18, "min": 0}
    alone, _ = measure(digits, tmp_path / "alone", seeds=[4])
    pd.testing.assert_frame_equal(alone, features[features["seed"] == 4].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize("at", [3, 10])
def test_a_job_that_is_killed_in_a_search_repeats_nothing(digits, tmp_path, monkeypatch, at):
    """Eight steps for each of two seeds; a checkpoint is due after every step."""
    expected = measure(digits, tmp_path / "whole")
    monkeypatch.setattr(base, "_CHECKPOINT_SECONDS", -1.0)
    step = OneLevel.train_step
    monkeypatch.setattr(OneLevel, "train_step", killed_after(step, at))
    with pytest.raises(KeyboardInterrupt):
        measure(digits, tmp_path)
    monkeypatch.setattr(OneLevel, "train_step", killed_after(step, 16 - at))
    for found, table in zip(measure(digits, tmp_path), expected, strict=True):
        pd.testing.assert_frame_equal(found, table, check_exact=True)
    monkeypatch.setattr(OneLevel, "__init__", None)  # finished seeds are read
    for found, table in zip(measure(digits, tmp_path), expected, strict=True):
        pd.testing.assert_frame_equal(found, table, check_exact=True)


def test_a_damaged_table_of_a_finished_seed_is_made_again(digits, tmp_path):
    expected = measure(digits, tmp_path, seeds=[3])
    (tmp_path / "3.groups.parquet").write_bytes(b"")
    for found, table in zip(measure(digits, tmp_path, seeds=[3]), expected, strict=True):
        pd.testing.assert_frame_equal(found, table, check_exact=True)


def test_mistakes_are_named(digits, tmp_path):
    edges = {"normal": [["skip_connect"], ["noise"], ["noise"], ["noise"], ["noise"]], "reduce": [["noise"]] * 5}
    with pytest.raises(NascopeError, match="edges with the same candidates"):
        measure(digits, tmp_path, space(**edges))
    with pytest.raises(NascopeError, match="settings of one-level: unknown 'alpha_rate'"):
        measure(digits, tmp_path, settings={"alpha_rate": 1.0})


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
