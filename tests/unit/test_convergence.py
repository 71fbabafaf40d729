from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from nascope.analysis.convergence import convergence_measures, rank_correlation


def joined(curves):
    """Curves of cells by (name, width, depth, seed)."""
    rows = [(*key, epoch, loss) for key, losses in curves.items() for epoch, loss in enumerate(losses, start=1)]
    return pd.DataFrame(rows, columns=["name", "width", "depth", "seed", "epoch", "test_loss"])


def test_measures_of_known_curves():
    curves = {("a", 2.0, 3, 0): [2.0, 1.5, 0.5], ("a", 2.0, 3, 1): [0.9, 0.8, 0.7], ("b", 3.0, 2, 0): [3.0, 2.0, 1.5]}
    found = convergence_measures(joined(curves), 1.0).set_index(["name", "seed"])
    assert found["area"].tolist() == pytest.approx([4 / 3, 0.8, 6.5 / 3])
    # Halfway between epochs 2 and 3; from the first epoch on; never.
    assert found["epochs_to_level"].tolist() == pytest.approx([2.5, 1, 4])


def measures(noise, cells=13, seeds=2):
    rng = np.random.default_rng(0)
    pairs = product(range(cells), range(seeds))
    rows = [(f"c{cell}", cell / 2, 3, seed, -cell / 2 + noise * rng.normal()) for cell, seed in pairs]
    return pd.DataFrame(rows, columns=["name", "width", "depth", "seed", "area"])


def test_rank_correlation_and_its_interval():
    value, low, high = rank_correlation(measures(0.001), "area", "width")
    assert value == pytest.approx(-1)
    assert high < -0.97  # cells drawn twice tie in width, not quite in area
    noisy = measures(4.0)
    value, low, high = rank_correlation(noisy, "area", "width")
    mean = noisy.groupby("name", sort=False).agg(area=("area", "mean"), width=("width", "first"))
    assert value == pytest.approx(spearmanr(mean["area"], mean["width"]).statistic)
    assert low < value < high
    assert high - low > 0.3
    assert rank_correlation(noisy, "area", "width") == (value, low, high)


def test_a_constant_side_has_no_correlation():
    assert np.isnan(rank_correlation(measures(1.0), "area", "depth")).all()
    assert np.isnan(rank_correlation(measures(1.0, cells=1), "area", "width")).all()
    # No training reached the level.
    assert np.isnan(rank_correlation(measures(1.0).assign(area=8.0), "area", "width")).all()
