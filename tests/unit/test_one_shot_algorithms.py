"""What each one-shot algorithm does of its own (ENAS: test_enas.py)."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nascope.networks.mixes import Mixture
from nascope.search.one_shot.darts import unrolled_gradient
from nascope.search.one_shot.gdas import gumbel_sample
from nascope.search.one_shot.setn import most_probable
from nascope.search.one_shot.space_nasbench201 import NasBench201Space
from tests.one_shot import build, changed, few_digits


@pytest.fixture(scope="module")
def digits():
    return few_digits()


# DARTS


class Toy(nn.Module):
    """A smooth network in double precision, whose loss depends on weights and architecture in a curved way."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.first = nn.Parameter(torch.randn(4, 3, generator=generator, dtype=torch.float64))
        self.second = nn.Parameter(torch.randn(4, generator=generator, dtype=torch.float64))

    def forward(self, x, alphas):
        mixed = alphas.softmax(dim=0)
        hidden = mixed[0] * torch.tanh(x @ self.first.T) + mixed[1] * torch.sin(x @ self.first.T)
        return hidden @ self.second


@pytest.mark.parametrize("momentum", [False, True])
def test_the_second_order_gradient_is_that_of_the_unrolled_loss(momentum):
    generator = torch.Generator().manual_seed(1)
    x, y, u, v = (
        torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((20, 3), (20,), (20, 3), (20,))
    )
    network, alphas = Toy(), nn.Parameter(torch.tensor([0.3, -0.2], dtype=torch.float64))
    sgd = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
    train_loss = lambda net: F.mse_loss(net(x, alphas), y)  # noqa: E731
    valid_loss = lambda net: F.mse_loss(net(u, alphas), v)  # noqa: E731
    if momentum:
        train_loss(network).backward()
        sgd.step()
    # The truth: differentiate through the step.
    weights = dict(network.named_parameters())
    gradients = torch.autograd.grad(train_loss(network), list(weights.values()), create_graph=True)
    moved = {}
    for (name, weight), gradient in zip(weights.items(), gradients, strict=True):
        buffer = sgd.state[weight].get("momentum_buffer")
        moved[name] = weight - 0.1 * (gradient + 0.01 * weight + (0.9 * buffer if buffer is not None else 0))
    loss = F.mse_loss(torch.func.functional_call(network, moved, (u, alphas)), v)
    (truth,) = torch.autograd.grad(loss, [alphas])
    before = [weight.detach().clone() for weight in network.parameters()]
    found = unrolled_gradient(network, alphas, train_loss, valid_loss, sgd)
    torch.testing.assert_close(found, truth, rtol=1e-3, atol=1e-6)
    (first_order,) = torch.autograd.grad(valid_loss(network), [alphas])
    assert (first_order - truth).norm() > 20 * (found - truth).norm()
    assert all(torch.equal(*pair) for pair in zip(before, network.parameters(), strict=True))


def test_first_order_darts_steps_weights_before_the_architecture(digits):
    search = build("DARTS-V1", digits)
    images, labels = digits.normalise(digits.train.images[:50]), digits.train.labels[:50]
    held = digits.normalise(digits.valid.images[:50]), digits.valid.labels[:50]
    before = search.alphas.detach().clone()
    search.train_step((images, labels), held, torch.Generator())
    # Adam's first step is its rate, in the direction of the gradient after the weights' step and of the decay.
    (gradient,) = torch.autograd.grad(search.loss(held, Mixture(before.requires_grad_().softmax(dim=1))), [before])
    sign = -torch.sign(gradient + 1e-3 * before.detach())
    moved = search.alphas.detach() - before.detach()
    large = gradient.abs() > 1e-4
    assert (torch.sign(moved)[large] == sign[large]).all()
    assert moved.abs().max() < 3.1e-4
    assert search.derive(torch.Generator(), "batch") == search.alphas.argmax(dim=1).tolist()


# GDAS


def test_gumbel_samples_are_one_hot_and_follow_the_softmax():
    alphas = torch.tensor([[2.0, 0.0, 1.0, -1.0, 0.5]] * 2)
    random, counts = torch.Generator().manual_seed(0), torch.zeros(5)
    for _ in range(4000):
        weights, chosen = gumbel_sample(alphas, 1.0, random)
        counts[chosen[0]] += 1
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(2))
        assert weights.argmax(dim=1).tolist() == chosen.tolist()
    # The Gumbel-max trick samples the softmax exactly, whatever the temperature.
    torch.testing.assert_close(counts / 4000, alphas[0].softmax(dim=0), atol=0.03, rtol=0)


def test_straight_through_gradient_is_that_of_the_soft_weights():
    alphas = torch.randn(3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)
    weights, _ = gumbel_sample(alphas, 2.0, torch.Generator().manual_seed(5))
    factor = torch.randn(3, 5, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    (found,) = torch.autograd.grad((weights * factor).sum(), [alphas])
    noise = torch.empty(3, 5).exponential_(generator=torch.Generator().manual_seed(5)).to(torch.float64)
    soft = ((alphas.log_softmax(dim=1) - noise.log()) / 2.0).softmax(dim=1)
    (truth,) = torch.autograd.grad((soft * factor).sum(), [alphas])
    torch.testing.assert_close(found, truth)


def test_temperature_falls_linearly(digits):
    search = build("GDAS", digits, changed(epochs=5))
    found = []
    for epoch in range(5):
        search.epoch = epoch
        found.append(search.temperature)
    assert found == pytest.approx([10, 7.525, 5.05, 2.575, 0.1])


# SETN and RSPS


def test_most_probable_cells_are_those_with_the_largest_products():
    alphas = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    probability = alphas.softmax(dim=1)
    products = {
        codes: float(np.prod([probability[edge, code] for edge, code in enumerate(codes)]))
        for codes in itertools.product(range(5), repeat=3)
    }
    expected = sorted(products, key=products.get, reverse=True)[:7]
    assert [tuple(codes) for codes in most_probable(alphas, 7)] == expected
    assert len(most_probable(alphas[:1], 100)) == 5


def trained_paths(search, steps):
    """Codes of the paths that the search's steps train, without training them."""
    drawn = []
    search.descend = lambda images, labels, path: drawn.append(torch.as_tensor(path.codes)) or 0.0
    random = torch.Generator().manual_seed(0)
    for _ in range(steps):
        search.train_step((None, None), (None, None), random)
    return drawn


def test_rsps_trains_one_uniform_cell_in_all_cells(digits):
    """NAS-Bench-201's script draws one structure per step, and `none` as often as any other of the five candidates."""
    search = build("RSPS", digits, changed(cells=5), nodes=4)
    assert search.network.layers == 15
    drawn = trained_paths(search, 3000)
    assert {codes.shape for codes in drawn} == {(6,)}  # one row, which a path uses in every cell
    shares = torch.stack([torch.bincount(edge, minlength=5) for edge in torch.stack(drawn).T]) / 3000
    torch.testing.assert_close(shares, torch.full((6, 5), 0.2), atol=0.03, rtol=0)


def test_nats_bench_draws_a_connected_path_in_each_cell(digits):
    search = build("RSPS", digits, changed(cells=5), nodes=4, paths="per_cell")
    drawn = torch.stack(trained_paths(search, 300))
    assert drawn.shape == (300, 15, 6)
    assert (drawn != drawn[:, :1]).any(dim=2)[:, 1:].float().mean() > 0.99
    assert all((drawn[:, :, arriving] != 0).any(dim=2).all() for arriving in search.space.arriving())


def test_connected_paths_leave_no_node_without_input():
    random, drawn = torch.Generator().manual_seed(0), []
    for codes in NasBench201Space(4).connected_paths(random, 2000):
        assert codes[0] != 0
        assert codes[1:3].any()
        assert codes[3:].any()
        drawn.append(codes)
    # Uniform otherwise: node 1 over four operations, and 24 of 25 pairs at node 2.
    first = torch.stack(drawn)[:, 0]
    assert torch.bincount(first, minlength=5)[1:].min() > 400
    pairs = torch.stack(drawn)[:, 1] * 5 + torch.stack(drawn)[:, 2]
    assert len(pairs.unique()) == 24


def test_the_best_candidate_is_the_one_with_the_best_accuracy(digits):
    search = build("RSPS", digits)
    candidates = [[3, 1, 4], [0, 0, 0], [2, 2, 2]]
    scores = [search.scorer.score(codes, "batch") for codes in candidates]
    # There are fewer validation images than a scoring batch holds: each candidate sees all of them.
    assert (
        search.scorer.best_of(candidates, torch.Generator().manual_seed(0), "batch")
        == candidates[int(np.argmax(scores))]
    )
    assert search.network.training
