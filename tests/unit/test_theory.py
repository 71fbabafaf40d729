import numpy as np
import pytest
import torch

from nascope.analysis.theory import OBJECTIVES, smoothness, theory_table, variance

NODES, SIZE, SAMPLES = 3, 2, 5


@pytest.fixture
def cell():
    rng = np.random.default_rng(1)
    weights = [rng.standard_normal((SIZE, SIZE)) for _ in range(NODES)]
    return weights, rng.standard_normal((SAMPLES, SIZE)), rng.standard_normal((NODES, SAMPLES, SIZE))


def outputs(weights, x, narrow):
    found, state = [], x
    for matrix in weights:
        state = (state if narrow else x) @ matrix.T
        found.append(state)
    return found


def losses(block, moved, weights, inputs, drawn, objective, narrow):
    """Loss of each sample as a function of one block, by torch."""
    matrices = [torch.tensor(matrix) for matrix in weights]
    matrices[block] = moved
    found = outputs(matrices, torch.tensor(inputs), narrow)
    if objective == "squared error":
        return sum(((y - torch.tensor(t)) ** 2).sum(dim=1) / 2 for y, t in zip(found, drawn, strict=True))
    return sum((y * torch.tensor(c)).sum(dim=1) for y, c in zip(found, drawn, strict=True))


@pytest.mark.parametrize("block", range(NODES))
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_variances_are_autograds(cell, block, narrow, objective):
    weights, inputs, drawn = cell
    start = torch.tensor(weights[block])
    each = torch.autograd.functional.jacobian(
        lambda moved: losses(block, moved, weights, inputs, drawn, objective, narrow), start
    ).flatten(1)
    expected = float((each - each.mean(dim=0)).square().sum(dim=1).mean())
    assert variance(weights, inputs, drawn, block, objective)[narrow] == pytest.approx(expected)


@pytest.mark.parametrize("block", range(NODES))
@pytest.mark.parametrize("narrow", [False, True])
def test_smoothness_of_a_squared_error_is_the_hessians_norm(cell, block, narrow):
    weights, inputs, drawn = cell
    hessian = torch.autograd.functional.hessian(
        lambda moved: losses(block, moved, weights, inputs, drawn, "squared error", narrow).mean(),
        torch.tensor(weights[block]),
    ).view(SIZE * SIZE, -1)
    found = smoothness(weights, inputs, drawn, block, "squared error")[narrow]
    assert found == pytest.approx(float(torch.linalg.eigvalsh(hessian)[-1]))


@pytest.mark.parametrize("block", range(NODES))
def test_smoothness_with_output_gradients_alike(cell, block):
    """Gradients by a block, written out, at many pairs of blocks: none steeper than the constant, some as steep."""
    weights, inputs, drawn = cell
    before = np.eye(SIZE)
    for matrix in weights[:block]:
        before = matrix @ before

    def gradient(matrix, states):
        return (drawn[block] @ matrix.T).T @ states / SAMPLES

    for narrow, states in enumerate((inputs, inputs @ before.T)):
        constant = smoothness(weights, inputs, drawn, block, "alike")[narrow]
        rng = np.random.default_rng(0)
        steps = [rng.standard_normal((SIZE, SIZE)) for _ in range(500)]
        left = np.linalg.svd(drawn[block].T @ states / SAMPLES)[0]
        steps.append(np.outer([1, 0], left[:, 0]))
        slopes = [np.linalg.norm(gradient(s, states) - gradient(0 * s, states)) / np.linalg.norm(s) for s in steps]
        assert max(slopes) == pytest.approx(constant)


def test_bounds_hold_where_they_must_and_not_everywhere():
    table = theory_table(
        nodes=[2, 4], sizes=[3], scales=[0.5, 1.0, 2.0], spectra=["flat", "linear"], samples=20, seeds=[0, 1]
    )
    assert len(table) == 2 * 2 * (2 + 4) * 3 * 2 * 2
    slack = 1 + 1e-9
    assert (table["narrowest"] <= slack * table["corrected"]).all()
    alike = table[table["objective"] == "alike"]
    assert (alike["narrowest"] <= slack * alike["bound"]).all()
    assert np.allclose(alike["bound"], alike["corrected"])
    squared = table[(table["objective"] == "squared error") & (table["theorem"] == "4.1")]
    # The first of two blocks feeds the second: its own constant alone cannot bound it.
    assert (squared["narrowest"] > squared["bound"])[squared["scale"] >= 1].any()
    # One node: the two cells are the same.
    one = theory_table(nodes=[1], sizes=[3], scales=[2.0], spectra=["linear"], samples=20, seeds=[0])
    assert np.allclose(one["widest"], one["narrowest"])
    assert np.allclose(one["widest"], one["bound"])
