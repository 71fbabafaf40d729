import numpy as np
import pandas as pd
import pytest

from nascope.analysis.ranking import expected_among_best, normal_scores
from nascope.analysis.whole_tables import distances_to_best, importances, local_optima
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import enumerate_cells


@pytest.fixture
def cells():
    return enumerate_cells(3)


def worth(cells, values):
    """A score that is the sum of what each edge's operation is worth."""
    total = [sum(values[edge] * PRIMITIVES.index(op) for edge, op in enumerate(cell.ops)) for cell in cells]
    return pd.DataFrame({"s": np.array(total, dtype=float)}, index=[str(cell) for cell in cells])


def test_an_additive_landscape_has_one_peak_and_its_distances(cells):
    scores = worth(cells, (1, 5, 25))
    best = local_optima(scores)["s"]
    assert best.sum() == 1
    assert best.idxmax() == scores["s"].idxmax()
    far = distances_to_best(scores)["s"]
    assert far[best.idxmax()] == 0
    assert far.value_counts().to_dict() == {0: 1, 1: 12, 2: 48, 3: 64}
    assert far.corr(scores["s"], method="spearman") < -0.4


def test_equal_neighbours_are_both_local_optima_even_if_rounded(cells):
    scores = worth(cells, (0, 5, 25))
    rounded = scores + 1e-9 * np.random.default_rng(0).normal(size=scores.shape)
    assert local_optima(scores)["s"].sum() == 5
    assert local_optima(rounded)["s"].sum() == 5


def test_importance_is_what_the_neighbours_lack(cells):
    scores = worth(cells, (0, 1, 0))
    table = importances(scores)["s"].to_numpy().reshape(len(cells), 3)
    level = np.array([PRIMITIVES.index(cell.ops[1]) for cell in cells])
    np.testing.assert_allclose(table[:, 1], level - (10 - level) / 4)
    np.testing.assert_allclose(table[:, [0, 2]], 0, atol=1e-12)


def test_restricted_range_lowers_a_correlation_as_the_formula_says():
    rng = np.random.default_rng(0)
    first, noise = rng.normal(size=(2, 200_000))
    second, best = first + 0.5 * noise, first > 1.0
    seen = np.corrcoef(first[best], second[best])[0, 1]
    assert expected_among_best(first, second, best) == pytest.approx(seen, abs=0.01)
    assert seen < 0.7 < np.corrcoef(first, second)[0, 1]
    assert normal_scores(np.array([3.0, 1.0, 3.0])).tolist() == pytest.approx([0.319, -0.674, 0.319], abs=0.001)
