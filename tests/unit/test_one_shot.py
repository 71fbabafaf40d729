import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from pandas.testing import assert_frame_equal
from torch import nn
from torch.nn import functional as F

from nascope.analysis.one_shot import final_cells, scored_searches
from nascope.datasets.images import Split
from nascope.datasets.sources import load_dataset
from nascope.errors import NascopeError
from nascope.networks import build_network
from nascope.networks.initialise import initialise
from nascope.networks.mixes import HardPath, Mixture, Path
from nascope.networks.nasbench201_supernet import NasBench201Supernet
from nascope.search.one_shot import base
from nascope.search.one_shot.darts import unrolled_gradient
from nascope.search.one_shot.enas import Controller, Reward
from nascope.search.one_shot.gdas import gumbel_sample
from nascope.search.one_shot.rsps import RSPS
from nascope.search.one_shot.run import ALGORITHMS, run_one_shot
from nascope.search.one_shot.setn import most_probable
from nascope.search.one_shot.spaces import NasBench201Space, random_path
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, enumerate_cells
from nascope.training.interrupt import Interrupted, InterruptGuard
from nascope.training.protocol import Protocol

PROTOCOL = Protocol(
    channels=2, cells=1, epochs=2, batch_size=50, learning_rate=0.1, nesterov=True, gradient_clip=5.0, crop_padding=1
)
#: Small enough for seconds, the same in all tests.
SETTINGS = {
    "RSPS": {"candidates": 4},
    "SETN": {"candidates": 4},
    "ENAS": {"controller_steps": 2, "aggregated": 3, "candidates": 2, "final_candidates": 4},
}
SHAPE = {"channels": 2, "cells": 1, "classes": 10, "in_channels": 1}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def digits():
    whole = load_dataset("digits", {"source": "digits"})
    few = Split(whole.train.images[:150], whole.train.labels[:150])
    held = Split(whole.valid.images[:60], whole.valid.labels[:60])
    return replace(whole, train=few, valid=held)


def build(name, dataset, protocol=PROTOCOL, *, seed=0, nodes=3, batch_norms=("batch",)):
    how = {"space": NasBench201Space(nodes), "batch_norms": batch_norms, "seed": seed}
    return ALGORITHMS[name](dataset, protocol, **how, **SETTINGS.get(name, {}))


def supernet(nodes=3):
    network = NasBench201Supernet(nodes, **SHAPE)
    initialise(network, [0])
    return network


# Supernet


def test_a_path_is_the_network_of_its_cell():
    """A supernet's path with copied weights computes what the benchmark's network of that cell computes."""
    network, images = supernet(), torch.randn(8, 1, 8, 8)
    for index in (7, 58, 93, 118):
        cell = enumerate_cells(3)[index]
        codes = [PRIMITIVES.index(op) for op in cell.ops]
        alone = build_network(cell, **SHAPE, prune=False)
        ours, theirs = alone.state_dict(), network.state_dict()
        for name in ours:
            parts = name.split(".")
            if "operations" in parts:  # body.B.operations.E.rest -> body.B.edges.E.K.rest
                _, block, _, edge, *rest = parts
                name_there = ".".join(["body", block, "edges", edge, str(codes[int(edge)]), *rest])
                if name_there in theirs:
                    ours[name] = theirs[name_there]
            else:
                ours[name] = theirs[name]
        alone.load_state_dict(ours)
        network.train()
        alone.train()
        torch.testing.assert_close(network(images, Path(codes)), alone(images)[0][:, 0])


def test_a_one_hot_mixture_is_its_path_and_mixtures_are_sums():
    network, images = supernet(), torch.randn(4, 1, 8, 8)
    codes = [3, 2, 4]
    weights = torch.zeros(3, 5)
    weights[torch.arange(3), torch.tensor(codes)] = 1.0
    torch.testing.assert_close(network(images, Mixture(weights)), network(images, Path(codes)))
    cell = network.body[0]
    state = torch.randn(4, 2, 8, 8)
    mix = torch.rand(3, 5)
    expected = sum(mix[1, k] * op(state) for k, op in enumerate(cell.edges[1]))
    torch.testing.assert_close(Mixture(mix)(0, 1, cell.edges[1], state), expected)


def test_paths_may_differ_between_cells():
    network, images = supernet(), torch.randn(4, 1, 8, 8)
    same = torch.tensor([[3, 2, 4]] * network.layers)
    torch.testing.assert_close(network(images, Path(same)), network(images, Path([3, 2, 4])))
    other = same.clone()
    other[2] = torch.tensor([1, 1, 1])
    assert not torch.allclose(network(images, Path(other)), network(images, Path(same)))


@pytest.mark.parametrize(("batch_norm", "differs"), [("running", False), ("batch", True)])
def test_batch_norm_mode_decides_whether_images_depend_on_their_batch(batch_norm, differs):
    network = supernet()
    images, others = torch.randn(4, 1, 8, 8), torch.randn(4, 1, 8, 8)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with network.evaluating(batch_norm):
        alone = network(images, Path([3, 3, 3]))
        together = network(torch.cat([images, others]), Path([3, 3, 3]))[:4]
    assert torch.allclose(alone, together, atol=1e-5) != differs
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(module.training for module in network.modules())
    network(images, Path([3, 3, 3]))
    running = [name for name, value in network.state_dict().items() if not torch.equal(value, before[name])]
    assert any("edges" in name for name in running)  # training goes on updating estimates


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


def test_a_hard_path_runs_one_candidate_and_adds_the_others_as_numbers():
    network, state = supernet(), torch.randn(4, 2, 8, 8)
    candidates = network.body[0].edges[0]
    weights = torch.tensor([[0.1, 0.2, 0.3, 0.4, 0.5]], requires_grad=True)
    output = HardPath(weights, torch.tensor([3]))(0, 0, candidates, state)
    torch.testing.assert_close(output, 0.4 * candidates[3](state) + 1.1)
    (gradient,) = torch.autograd.grad(output.sum(), [weights])
    assert gradient[0, [0, 1, 2, 4]].tolist() == [output.numel()] * 4
    torch.testing.assert_close(gradient[0, 3], candidates[3](state).sum(), rtol=1e-4, atol=1e-3)


def test_temperature_falls_linearly(digits):
    search = build("GDAS", digits, replace(PROTOCOL, epochs=5))
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


def test_random_paths_leave_no_node_without_input():
    random, drawn = torch.Generator().manual_seed(0), []
    for _ in range(2000):
        codes = random_path(4, random)
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
    scores = [search.score(codes, "batch") for codes in candidates]
    # There are fewer validation images than a scoring batch holds: each candidate sees all of them.
    assert search.best_of(candidates, torch.Generator().manual_seed(0), "batch") == candidates[int(np.argmax(scores))]
    assert search.network.training


# ENAS


def test_controller_samples_its_own_distribution():
    controller = Controller(2, random=torch.Generator().manual_seed(3))
    random, counts = torch.Generator().manual_seed(0), {}
    for _ in range(1500):
        codes, log_probability, _ = controller(random)
        count, probability = counts.get(tuple(codes), (0, 0.0))
        counts[tuple(codes)] = (count + 1, float(log_probability.detach().exp()))
    assert sum(probability for _, probability in counts.values()) == pytest.approx(1, abs=1e-5)
    for count, probability in counts.values():
        assert count / 1500 == pytest.approx(probability, abs=0.03)


def test_the_policy_gradient_climbs_the_expected_reward():
    """The mean of the sampled gradients is the gradient of the expected accuracy, which enumeration gives."""
    controller = Controller(1, random=torch.Generator().manual_seed(3))
    accuracies = torch.tensor([0.1, 0.5, 0.9, 0.3, 0.2])
    parameters = list(controller.parameters())
    outputs, _ = controller.lstm(controller.start)
    logits = 2.5 * torch.tanh(controller.head(outputs.view(-1)) / 5.0)
    expected = (logits.softmax(dim=0) * accuracies).sum()
    truth = torch.autograd.grad(-expected, parameters, allow_unused=True)
    random = torch.Generator().manual_seed(0)
    objective = torch.zeros(())
    for _ in range(1500):
        codes, log_probability, _ = controller(random)
        objective = objective - log_probability * (accuracies[codes[0]] - 0.4) / 1500  # any constant baseline
    found = torch.autograd.grad(objective, parameters, allow_unused=True)
    pairs = [(f.flatten(), t.flatten()) for f, t in zip(found, truth, strict=True) if t is not None]
    ours, theirs = (torch.cat(side) for side in zip(*pairs, strict=True))
    assert F.cosine_similarity(ours, theirs, dim=0) > 0.95
    assert float(ours.norm()) == pytest.approx(float(theirs.norm()), rel=0.15)


def test_baselines_as_coded_and_corrected():
    entropy = torch.tensor(2.0, requires_grad=True)
    coded = Reward(0.1, 0.9, as_coded=True)
    # The first epoch's baseline is the accuracy.
    assert float(coded.advantage(0.5, entropy).detach()) == pytest.approx(
        0.2
    )  # the first epoch's baseline is the accuracy
    assert float(coded.advantage(0.7, entropy).detach()) == pytest.approx(0.2)
    coded.finish_epoch()
    # Later: one step of the moving average from the last epoch's baseline, whatever came before in this epoch.
    for _ in range(2):
        assert float(coded.advantage(0.6, entropy).detach()) == pytest.approx(0.9 * (0.8 - 0.7))
    assert coded.advantage(0.6, entropy).requires_grad
    corrected = Reward(0.1, 0.9, as_coded=False)
    assert float(corrected.advantage(0.5, entropy)) == 0
    assert float(corrected.advantage(0.7, entropy)) == pytest.approx(0.9 * 0.2)
    assert corrected.baseline == pytest.approx(0.7 + 0.1 * 0.2)
    assert not corrected.advantage(0.7, entropy).requires_grad
    other = Reward(0.1, 0.9, as_coded=False)
    other.load_state_dict(corrected.state_dict())
    assert other.baseline == corrected.baseline


# All of them


@pytest.mark.parametrize("name", ALGORITHMS)
def test_searches_repeat_differ_by_seed_and_move(digits, name):
    first = build(name, digits).run()
    assert_frame_equal(first, build(name, digits).run())
    assert first["epoch"].tolist() == [0, 1, 2]
    assert np.isnan(first["train_loss"][0])
    assert first["train_loss"][1:].between(0.5, 4).all()
    assert all(NasBench201Cell.parse(text).nodes == 3 for text in first["genotype"])
    other = build(name, digits, seed=1).run()
    assert first["train_loss"][1] != other["train_loss"][1]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_interrupted_search_ends_as_an_undisturbed_one(digits, tmp_path, name):
    expected = build(name, digits).run()
    path = tmp_path / "checkpoint"
    interrupted = build(name, digits)
    step = interrupted.train_step
    with InterruptGuard() as guard:

        def stop_at_the_fifth(*args):
            loss = step(*args)
            if interrupted.epoch == 1 and interrupted.step == 1:
                guard.received = 15
            return loss

        interrupted.train_step = stop_at_the_fifth
        with pytest.raises(Interrupted):
            interrupted.run(path, guard)
    resumed = build(name, digits)
    resumed.train_step = lambda *args, count=[], real=resumed.train_step: count.append(1) or real(*args)
    assert_frame_equal(resumed.run(path), expected, check_exact=True)
    assert_frame_equal(build(name, digits).run(path), expected, check_exact=True)  # nothing is left to do


def test_validation_images_are_drawn_anew_and_augmented_on_their_own(digits):
    search = build("RSPS", digits)
    train = base.Batches(digits, search.train_split, PROTOCOL, [0], 0)
    paired = base._PairedBatches(search, train)
    assert paired.order.shape == train.order.shape
    assert len(paired.order.unique()) < len(digits.valid) + 1
    assert paired.order.max() < len(digits.valid)
    assert len(paired.order[0].unique()) < paired.order.shape[1]  # with replacement
    again = base._PairedBatches(search, base.Batches(digits, search.train_split, PROTOCOL, [0], 1))
    assert not torch.equal(again.order, paired.order)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_cifar10_is_searched_too(cifar10_root, name):
    whole = load_dataset("cifar10_valid", {"source": "cifar10", "root": str(cifar10_root), "split": "nasbench201"})
    few, held = (Split(part.images[:96], part.labels[:96]) for part in (whole.train, whole.valid))
    protocol = replace(PROTOCOL, epochs=1, batch_size=32, crop_padding=4, flip=True)
    found = build(name, replace(whole, train=few, valid=held), protocol, nodes=4).run()
    assert found["train_loss"].iloc[-1] > 1
    assert NasBench201Cell.parse(found["genotype"].iloc[-1]).nodes == 4


def test_four_nodes_are_searched_too(digits):
    search = build("GDAS", digits, replace(PROTOCOL, epochs=1), nodes=4)
    assert NasBench201Cell.parse(search.run()["genotype"].iloc[-1]).nodes == 4


def test_mistakes_are_named(digits, tmp_path):
    options = {"nodes": 3, "weights": {**vars(PROTOCOL)}, "settings": {"samples": 3}}
    with pytest.raises(NascopeError, match=r"settings of GDAS: unknown \['samples'\]; known: alpha_learning_rate"):
        run_one_shot(digits, "GDAS", ["batch"], options, [0], tmp_path)
    with pytest.raises(NascopeError, match=r"settings of RSPS: .* known: candidates"):
        run_one_shot(digits, "RSPS", ["batch"], options, [0], tmp_path)
    empty = replace(digits, valid=Split(digits.valid.images[:0], digits.valid.labels[:0]))
    with pytest.raises(NascopeError, match="no validation images to search with"):
        RSPS(empty, PROTOCOL, space=NasBench201Space(3), batch_norms=["batch"], seed=0)


@pytest.mark.parametrize("name", ["RSPS", "ENAS"])
def test_one_search_for_both_batch_norm_modes_is_two_searches(digits, tmp_path, name):
    """Modes only decide how cells are derived, but for ENAS, which is searched once a mode."""
    options = {"nodes": 2, "weights": {**vars(PROTOCOL), "epochs": 1}, "settings": SETTINGS[name]}
    both = run_one_shot(digits, name, ["running", "batch"], options, [3, 4], tmp_path / "both")
    assert len(both) == 2 * 2 * 2
    order = ["seed", "epoch"]
    for mode in ("running", "batch"):
        alone = run_one_shot(digits, name, [mode], options, [3, 4], tmp_path / mode).sort_values(order)
        found = both[both["batch_norm"] == mode].sort_values(order)
        assert_frame_equal(found.reset_index(drop=True), alone.reset_index(drop=True))
    with pytest.raises(NascopeError, match="ENAS learns from evaluations"):
        build("ENAS", digits, batch_norms=["running", "batch"])


def test_cells_are_scored_by_the_table():
    cells = enumerate_cells(2)
    rows = [(i, str(cell), "d", 12, seed, 10.0 * i + seed, 20.0 * i) for i, cell in enumerate(cells) for seed in (0, 1)]
    columns = ["index", "genotype", "dataset", "epochs", "seed", "valid_accuracy", "test_accuracy"]
    benchmark = pd.DataFrame(rows, columns=columns)
    searches = pd.DataFrame(
        {
            "algorithm": "GDAS",
            "batch_norm": "batch",
            "seed": [0, 0, 1, 1],
            "epoch": [0, 1, 0, 1],
            "genotype": [str(cells[i]) for i in (0, 3, 1, 4)],
            "train_loss": 1.0,
            "proxy_accuracy": 50.0,
        }
    )
    scored = scored_searches(searches, benchmark)
    final = final_cells(scored).set_index(["score", "seed"])
    assert final.loc[("d valid", 0), "accuracy"] == 30.5
    assert final.loc[("d test", 1), "accuracy"] == 80
    assert final.loc[("d test", 1), "percentile"] == pytest.approx(0.9)
    with pytest.raises(NascopeError, match=r"does not hold .*one_shot\.nodes"):
        scored_searches(searches.assign(genotype=str(enumerate_cells(3)[0])), benchmark)
