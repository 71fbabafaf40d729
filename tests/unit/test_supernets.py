"""The NAS-Bench-201 supernet and its mixes."""

import pytest
import torch

from nascope.networks.initialise import initialise
from nascope.networks.mixes import HardPath, Mixture, Path
from nascope.networks.nasbench201_supernet import NasBench201Supernet
from nascope.networks.skeletons import build_network
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import enumerate_cells

SHAPE = {"channels": 2, "cells": 1, "classes": 10, "in_channels": 1}


def supernet(nodes=3):
    network = NasBench201Supernet(nodes, **SHAPE)
    initialise(network, [0])
    return network


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


def test_a_hard_path_runs_one_candidate_and_adds_the_others_as_numbers():
    network, state = supernet(), torch.randn(4, 2, 8, 8)
    candidates = network.body[0].edges[0]
    weights = torch.tensor([[0.1, 0.2, 0.3, 0.4, 0.5]], requires_grad=True)
    output = HardPath(weights, torch.tensor([3]))(0, 0, candidates, state)
    torch.testing.assert_close(output, 0.4 * candidates[3](state) + 1.1)
    (gradient,) = torch.autograd.grad(output.sum(), [weights])
    assert gradient[0, [0, 1, 2, 4]].tolist() == [output.numel()] * 4
    torch.testing.assert_close(gradient[0, 3], candidates[3](state).sum(), rtol=1e-4, atol=1e-3)
