import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from nascope.analysis.ablation import nasbench201_removal, removal_summary
from nascope.analysis.importance import nasbench201_importance
from nascope.spaces import darts
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import cell_codes, enumerate_cells
from nascope.spaces.patterns import follows_pattern, pattern_base_rate, sample
from nascope.spaces.published import published_cell
from nascope.spaces.removal import ORDERS

#: Worth of an operation by primitive and edge: additive, so importances and removals are known.
WORTH = np.random.default_rng(0).random((6, 5)) / 10


class Additive:
    dataset = "made up"

    def error(self, cells):
        codes = cell_codes(cells)
        return 0.9 - WORTH[np.arange(6), codes].sum(axis=1)


def test_operations_fall_in_the_order_of_their_importance():
    oracle = Additive()
    importance = nasbench201_importance(oracle, fraction=0.01)
    table = nasbench201_removal(oracle, importance)
    cells = enumerate_cells(4)
    assert set(table["index"]) == set(importance.loc[importance["subset"] == "top", "index"])
    none = PRIMITIVES.index("none")
    for (index, order), steps in table.groupby(["index", "order"]):
        codes = cell_codes([cells[index]])[0]
        present = [edge for edge in range(6) if codes[edge] != none]
        assert steps["step"].tolist() == list(range(len(present) + 1))
        assert sorted(steps["edge"].iloc[1:]) == present
        own = importance[importance["index"] == index].set_index("edge")["importance"]
        worths = own.loc[steps["edge"].iloc[1:]].to_numpy()
        assert (np.diff(worths) <= 0).all() if order == ORDERS[0] else (np.diff(worths) >= 0).all()
        gone = steps["edge"].iloc[1:].to_numpy()
        expected = np.cumsum(WORTH[gone, codes[gone]] - WORTH[gone, none])
        assert steps["change"].iloc[1:].to_numpy() == pytest.approx(expected)
        assert steps["change"].iloc[0] == 0
    ends = table.sort_values("step").groupby(["index", "order"])["change"].last().unstack()
    assert ends[ORDERS[0]].to_numpy() == pytest.approx(ends[ORDERS[1]].to_numpy())


def test_summary_of_changes():
    changes = {("a", 1): [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07], ("a", 2): [0.0] * 7, ("b", 1): [-0.01, 0.01] * 4}
    rows = [(order, step, cell, x) for (order, step), values in changes.items() for cell, x in enumerate(values)]
    table = pd.DataFrame(rows, columns=["order", "step", "index", "change"])
    found = removal_summary(table).set_index(["order", "step"])
    fall = found.loc[("a", 1)]
    assert fall["median"] == pytest.approx(-4)
    assert fall["low"] < fall["median"] < fall["high"]
    assert fall["p_value"] == pytest.approx(0.5**7)
    assert found.loc[("a", 2), "p_value"] == 1
    assert found.loc[("b", 1), "p_value"] > 0.3


def test_the_pattern():
    rng = np.random.default_rng(0)
    assert all(follows_pattern(sample(rng, "PrimSkip").normal) for _ in range(50))
    assert follows_pattern(published_cell("DARTS_V2").genotype.normal)
    assert not follows_pattern(published_cell("AmoebaNet-A").genotype.reduce)


def test_the_base_rate_is_that_of_random_cells():
    rng = np.random.default_rng(1)
    drawn = 4000
    count = sum(follows_pattern(darts.SPACE.sample_cell(rng)) for _ in range(drawn))
    low, high = binom.interval(0.9999, drawn, pattern_base_rate())
    assert low <= count <= high
    # One node: both inputs; a skip and at least one separable convolution, twice over.
    assert pattern_base_rate(1) == pytest.approx(2 * 1 / 7 * 2 / 7)
