"""BOHB and its densities."""

import numpy as np
import pytest
from statsmodels.nonparametric.api import KDEMultivariate

from nascope.search.bohb import bohb, bracket_sizes
from nascope.search.densities import CategoricalDensity, DensityModel
from nascope.search.environment import Fidelity, SearchTask, Session
from tests.tasks import CODES, task


def test_brackets_are_those_of_hyperband():
    # Li et al. 2018, table 1, for R = 81 and eta = 3, with hpbandster's floor of the number of configurations.
    sizes = [bracket_sizes(5, spare, 3) for spare in (4, 3, 2, 1, 0)]
    assert sizes == [[81, 27, 9, 3, 1], [27, 9, 3, 1], [9, 3, 1], [6, 2], [5]]
    assert [bracket_sizes(3, spare, 3) for spare in (2, 1, 0)] == [[9, 3, 1], [3, 1], [3]]


def test_bohb_promotes_the_best_of_each_rung_at_their_own_epochs():
    quality = np.random.default_rng(0).normal(size=len(CODES))
    fidelities = tuple(Fidelity(e, (quality + e)[:, None], np.full(len(CODES), float(e))) for e in (1, 2, 4, 5, 12))
    session = Session(SearchTask(CODES, fidelities, fidelities[-1], 9 + 3 * 4 + 12), np.random.default_rng(1))
    bohb(session, as_coded=False)
    assert session.epochs == [1] * 9 + [4] * 3 + [12]
    first, second = session.indices[:9], session.indices[9:12]
    assert second == sorted(first, key=lambda index: -quality[index])[:3]
    assert session.indices[12] == session.best == second[0]
    assert session.best_answer == quality[session.best] + 12


def test_bohb_as_coded_asks_the_main_fidelity_whatever_the_rung():
    session = Session(task(budget=20), np.random.default_rng(0))
    bohb(session, as_coded=True)
    assert set(session.epochs) == {12}
    # 9 + 3 + 1, then 3 + 1, then 3: promoted cells are evaluated again.
    assert session.indices[9:12] == sorted(session.indices[:9], key=lambda i: -session.task.main.accuracies[i, 0])[:3]
    assert len(session.indices) == 20


def test_density_is_that_of_statsmodels():
    rng = np.random.default_rng(0)
    data = rng.integers(5, size=(20, 6))
    data[:, 2] = rng.integers(2, size=20)  # fewer levels than operations
    density = CategoricalDensity(data, 0.3, as_coded=True)
    theirs = KDEMultivariate(data=data, var_type="u" * 6, bw="normal_reference")
    np.testing.assert_allclose(density.bandwidth, np.clip(theirs.bw, 0.3, None))
    theirs.bw = np.clip(theirs.bw, 0.3, None)
    asked = rng.integers(5, size=(50, 6))
    np.testing.assert_allclose(density.pdf(asked), theirs.pdf(asked))


def test_corrected_density_is_a_density_and_peaks_at_the_data():
    data = np.random.default_rng(0).integers(5, size=(20, 3))
    data[:15] = [4, 0, 2]
    density = CategoricalDensity(data, 0.1, as_coded=False)
    everything = np.stack(np.meshgrid(*[np.arange(5)] * 3), axis=-1).reshape(-1, 3)
    values = density.pdf(everything)
    assert values.sum() == pytest.approx(1)
    assert everything[values.argmax()].tolist() == [4, 0, 2]


def test_density_model_waits_for_enough_points_and_prefers_the_largest_budget():
    model = DensityModel(6, num_samples=64, random_fraction=0.0, min_bandwidth=0.3, as_coded=False)
    rng = np.random.default_rng(0)
    for place in range(14):
        assert model.good is None
        good = place % 2
        code = np.full(6, 3) if good else rng.integers(3, size=6)
        model.learn(1.0, code, 90.0 + good)
    assert model.budget == 1.0
    assert (model.good.data == 3).all()
    proposed = np.array([model.propose(rng) for _ in range(50)])
    assert (proposed == 3).mean() > 0.6
    for _ in range(14):
        model.learn(2.0, rng.integers(5, size=6), 50.0)
    assert model.budget == 2.0
    model.learn(1.0, np.zeros(6, dtype=int), 99.0)
    assert len(model.seen[1.0][0]) == 14
