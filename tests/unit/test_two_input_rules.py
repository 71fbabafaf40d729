"""Rules of the authors' codes for two-input cells: GDAS' gradients and cells, and what steps first."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nascope.config.section import section_of
from nascope.networks.mixes import ChosenPath, HardPath, Path
from nascope.search.algorithms import CELL_SEARCH, chosen
from nascope.search.one_shot.gdas import gumbel_sample
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.spaces.genotype import Genotype
from nascope.training.protocol import Protocol

PROTOCOL = section_of(Protocol, {"channels": 4, "cells": 2, "epochs": 1, "batch_size": 50, "learning_rate": 0.5})
SPACE = section_of(SpaceSpec, {"nodes": 2, "primitives": ["skip_connect", "sep_conv_3x3", "none", "max_pool_3x3"]})


def build(name, dataset, **settings):
    algorithm = chosen(CELL_SEARCH, name, settings)
    return algorithm.load()(SearchSetup(dataset, PROTOCOL, TwoInputSpace.of(SPACE), ("batch",), 0), **settings)


@pytest.fixture
def pair(digits):
    """Training and validation images of one step."""
    splits = (digits.train, digits.valid)
    return tuple((digits.normalise(split.images[:40]), split.labels[:40]) for split in splits)


# GDAS


def test_gdas_steps_on_the_gradient_of_the_chosen_candidate_alone(digits, pair):
    """The rule that NAS-Bench-201's code has computes the same loss, but another gradient."""
    train, valid = pair
    search, again = build("GDAS", digits), build("GDAS", digits)
    search.train_step(train, valid, torch.Generator().manual_seed(3))
    random = torch.Generator().manual_seed(3)
    again.descend(*train, Path(gumbel_sample(again.logits().detach(), again.temperature, random)[1]))
    weights, codes = gumbel_sample(again.logits(), again.temperature, random)

    def chosen_only(cell, edge, candidates, state):
        return candidates[codes[edge]](state) * weights[edge, codes[edge]]

    losses = [again.loss(valid, mix) for mix in (chosen_only, HardPath(weights, codes))]
    ours, other = (torch.autograd.grad(loss, [again.alphas], retain_graph=True)[0] for loss in losses)
    torch.testing.assert_close(losses[0], losses[1])
    torch.testing.assert_close(search.alphas.grad, ours, rtol=1e-3, atol=1e-6)
    assert F.cosine_similarity(ours.flatten(), other.flatten(), dim=0) < 0.95


def test_a_chosen_path_gives_no_gradient_to_weights_of_other_candidates():
    weights = torch.tensor([[0.1, 0.9]], requires_grad=True)
    state = torch.randn(2, 3, 4, 4)
    output = ChosenPath(weights, torch.tensor([1]))(0, 0, nn.ModuleList([nn.Identity(), nn.ReLU()]), state)
    torch.testing.assert_close(output, 0.9 * state.relu())
    (gradient,) = torch.autograd.grad(output.sum(), [weights])
    torch.testing.assert_close(gradient, torch.tensor([[0.0, float(state.relu().sum())]]))


def test_gdas_keeps_two_pairs_that_may_share_a_source(digits):
    """DARTS' rule, one operation per source, would keep the source that is second best."""
    search = build("GDAS", digits)
    with torch.no_grad():
        search.alphas.zero_()
        search.alphas[2, 2] = 9.0  # none competes in the softmax, and is never kept
        search.alphas[3, [0, 1]] = torch.tensor([2.9, 3.0])  # second node of the normal cell, source 1
        search.alphas[4, 3] = 0.5
    derived = search.derive(torch.Generator(), "batch")
    genotype = Genotype.parse(search.space.text(derived))
    assert genotype.normal.edges == (
        ("skip_connect", 0),
        ("sep_conv_3x3", 0),
        ("sep_conv_3x3", 1),
        ("skip_connect", 1),
    )
    assert len(genotype.reduce.edges) == 4
    by_source = search.space.strongest(search.strengths().detach())
    sources = {source for _, source in Genotype.parse(search.space.text(by_source)).normal.edges[2:]}
    assert sources == {1, 2}
    assert 0 <= search.scorer.score(derived, "batch") <= 100


def test_a_path_sums_what_an_edge_keeps():
    candidates, state = nn.ModuleList([nn.Identity(), nn.ReLU(), nn.Tanh()]), torch.randn(2, 3, 4, 4)
    codes = [(0, 2), (1,), (), -1, 1]
    outputs = [Path(codes)(0, edge, candidates, state) for edge in range(5)]
    torch.testing.assert_close(outputs[0], state + state.tanh())
    assert torch.equal(outputs[1], state.relu())
    assert torch.equal(outputs[4], state.relu())
    assert outputs[2] is outputs[3] is None


# Order


@pytest.mark.parametrize(
    ("name", "settings"), [("DARTS-V1", {}), ("PC-DARTS", {"warm_up": 0.0})], ids=["DARTS-V1", "PC-DARTS"]
)
def test_the_architecture_steps_first_unless_weights_are_to(digits, pair, name, settings):
    """DARTS' and PC-DARTS' own training loops step the architecture and then the weights (both: train_search.py)."""
    train, valid = pair
    probe = build(name, digits, **settings)
    step = probe.step_architecture if name == "DARTS-V1" else probe._step_architecture
    step(valid)
    gradient, stepped = probe.alphas.grad.clone(), probe.alphas.detach().clone()
    search = build(name, digits, **settings)
    search.train_step(train, valid, torch.Generator())
    assert torch.equal(search.alphas.grad, gradient)
    assert torch.equal(search.alphas.detach(), stepped)
    other = build(name, digits, first="weights", **settings)
    other.train_step(train, valid, torch.Generator())
    assert not torch.allclose(other.alphas.grad, gradient, rtol=0.05)
    # The weights' step sees the architecture's: after it, they differ too.
    pairs = zip(search.network.parameters(), other.network.parameters(), strict=True)
    assert any(not torch.equal(*weights) for weights in pairs)
