"""Spaces of two-input cells as data, and their supernets."""

import msgspec
import numpy as np
import pytest
import torch
import yaml
from torch import nn

from nascope.config.section import section_of
from nascope.networks.initialise import initialise
from nascope.networks.layers import BuildOptions
from nascope.networks.mixes import Mixture, Partial, Path
from nascope.networks.operations import Noise
from nascope.networks.skeletons import build_network
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.spaces.genotype import Genotype
from tests.helpers import ROOT
from tests.two_input import protocol, space


def test_the_config_holds_the_five_spaces():
    spaces = yaml.safe_load((ROOT / "config.yaml").read_text())["search_spaces"]
    built = {name: TwoInputSpace.of(section_of(SpaceSpec, spec)) for name, spec in spaces.items()}
    assert set(built) == {"darts", "s1", "s2", "s3", "s4"}
    assert all(len(one.choices) == 28 for one in built.values())
    assert len(built["darts"].choices[0]) == 8
    assert built["s1"].candidates["normal"][5] == ("max_pool_3x3", "skip_connect")
    assert {len(edge) for edge in built["s1"].choices} == {2}
    assert set(built["s3"].choices) == {("none", "skip_connect", "sep_conv_3x3")}
    assert set(built["s4"].choices) == {("noise", "sep_conv_3x3")}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"nodes": 2, "normal": [["noise"]] * 4, "reduce": [["noise"]] * 5},
            "normal has 4 edges, but cells of 2 nodes",
        ),
        (
            {"nodes": 1, "primitives": ["skip_connect", "skip_conect"]},
            r"normal edge 0: unknown primitive 'skip_conect' \(did you mean 'skip_connect'\?\)",
        ),
        ({"nodes": 1, "primitives": ["none"]}, "normal edge 0: there is no operation to choose"),
        ({"nodes": 1}, "give either primitives, or normal and reduce"),
    ],
)
def test_mistakes_in_spaces_are_named(spec, message):
    with pytest.raises(msgspec.ValidationError, match=message):
        section_of(SpaceSpec, spec)


def test_strongest_edges_are_kept_and_none_never():
    searched = space()
    strengths = torch.zeros(10, 8)
    # Second node of the normal cell: edges 2, 3, 4 come from states 0, 1, 2.
    strengths[3, 4], strengths[4, 0], strengths[2, 7] = 0.5, 0.9, 5.0  # skip, sep_conv_3x3, none
    genotype = Genotype.parse(searched.text(searched.strongest(strengths)))
    assert genotype.normal.edges[2:] == (("skip_connect", 1), ("sep_conv_3x3", 2))
    assert genotype.normal.edges[:2] == (("sep_conv_3x3", 0), ("sep_conv_3x3", 1))
    assert genotype.normal.concat == (2, 3)


def test_random_cells_are_uniform_in_edges_and_operations():
    searched = space(primitives=["skip_connect", "none", "sep_conv_3x3"])
    random = torch.Generator().manual_seed(0)
    codes = np.array([searched.random_codes(random) for _ in range(600)])
    assert set(codes.ravel()) == {-1, 0, 2}
    assert ((codes[:, 2:5] >= 0).sum(axis=1) == 2).all()
    assert (codes[:, 2:5] >= 0).mean(axis=0) == pytest.approx([2 / 3] * 3, abs=0.07)
    assert (codes[:, :2] == 0).mean() == pytest.approx(0.5, abs=0.05)


def test_a_path_is_the_network_of_its_genotype(digits):
    """A supernet's path with copied weights computes what the network of the genotype computes."""
    # Pools are normed in supernets only; affine BatchNorm starts as the identity.
    searched = space(primitives=["skip_connect", "sep_conv_3x3", "dil_conv_5x5"])
    network = searched.supernet(protocol(), digits)
    initialise(network, [0])
    codes = searched.random_codes(torch.Generator().manual_seed(3))
    genotype = Genotype.parse(searched.text(codes))
    alone = build_network(genotype, channels=4, cells=2, classes=10, in_channels=1, prune=False)
    for cell, mine in zip(network.cells, alone.cells, strict=True):
        mine.before.load_state_dict(cell.before.state_dict(), strict=False)
        mine.previous.load_state_dict(cell.previous.state_dict(), strict=False)
        chosen = [edge for edge in range(5) if codes[cell.offset + edge] >= 0]
        for operation, edge in zip(mine.body.operations, chosen, strict=True):
            operation.load_state_dict(cell.edges[edge][codes[cell.offset + edge]].state_dict(), strict=False)
    alone.stem.load_state_dict(network.stem.state_dict())
    alone.classifier.load_state_dict(network.classifier.state_dict())
    images = torch.randn(6, 1, 8, 8)
    torch.testing.assert_close(network(images, Path(codes)), alone(images)[0][:, 0])


def test_mixtures_leave_absent_candidates_out_and_partial_ones_pass_channels():
    candidates = nn.ModuleList([nn.Identity(), nn.ReLU()])
    x = torch.randn(2, 4, 6, 6)
    weights = torch.tensor([[0.3, 0.7, 9.0]])
    expected = 0.3 * x + 0.7 * x.relu()
    torch.testing.assert_close(Mixture(weights)(0, 0, candidates, x), expected)
    partial = Partial(Mixture(weights), torch.tensor([0.5]), 2)(0, 0, candidates, x)
    # Channels 0 and 1 are mixed, 2 and 3 pass; the shuffle takes one of each in turn.
    torch.testing.assert_close(partial, 0.5 * torch.stack([expected[:, 0], x[:, 2], expected[:, 1], x[:, 3]], dim=1))
    halving = nn.ModuleList([nn.MaxPool2d(3, 2, 1)])
    assert Partial(Path([0]), torch.ones(1), 2)(0, 0, halving, torch.randn(2, 4, 7, 8)).shape == (2, 4, 4, 4)
    assert Partial(Path([-1]), torch.ones(1), 2)(0, 0, halving, x) is None


def test_noise_is_a_function_of_seed_and_calls():
    layers = [nn.Sequential(Noise(1, BuildOptions(replicas=2))) for _ in range(3)]
    for layer, seeds in zip(layers, ([5, 6], [5, 6], [6, 5]), strict=True):
        initialise(layer, seeds)
    x = torch.zeros(50, 4, 8, 8)
    first, again, turned = (layer(x) for layer in layers)
    assert torch.equal(first, again)
    assert torch.equal(first[:, :2], turned[:, 2:])
    assert not torch.equal(first, layers[0](x))
    assert torch.equal(layers[0](x), (layers[1](x), layers[1](x))[1])
    assert float(first.mean()) == pytest.approx(0, abs=0.03)
    assert float(first.std()) == pytest.approx(1, abs=0.03)
    halved = nn.Sequential(Noise(2, BuildOptions()))
    initialise(halved, [0])
    assert halved(torch.zeros(1, 2, 7, 8)).shape == (1, 2, 4, 4)
