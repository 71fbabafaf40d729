import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nascope.errors import NascopeError
from nascope.networks import layers
from nascope.networks.darts_network import AuxiliaryHead
from nascope.networks.droppath import DropPath
from nascope.networks.initialise import initialise
from nascope.networks.layers import BuildOptions
from nascope.networks.operations import build_operation
from nascope.networks.skeletons import build_network, count_parameters
from nascope.spaces import darts
from nascope.spaces.complete import complete_edges
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.published import published_cell
from tests.helpers import any_genotype

PAPER = {"channels": 36, "cells": 20, "in_channels": 3}
SMALL = {"channels": 4, "cells": 3, "classes": 10, "in_channels": 1}


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        # papers.md 2.2, Table 1: CIFAR-10, CIFAR-100, Tiny-ImageNet-200, original then adapted.
        ("NASNet-A", (4.29, 4.42, 4.57)),
        ("NASNet_ADAPT", (4.32, 4.45, 4.60)),
        ("AmoebaNet-A", (3.60, 3.71, 3.83)),
        ("AmoebaNet_ADAPT", (3.60, 3.71, 3.83)),
        ("ENAS", (4.32, 4.45, 4.60)),
        ("ENAS_ADAPT", (4.32, 4.45, 4.60)),
        ("DARTS_V2", (3.83, 3.95, 4.08)),
        ("DARTS_ADAPT", (3.90, 4.03, 4.16)),
        ("SNAS_mild", (3.14, 3.26, 3.39)),
        ("SNAS_ADAPT", (3.19, 3.31, 3.45)),
    ],
)
def test_parameters_equal_table_1(name, millions):
    genotype = published_cell(name).genotype
    counts = [count_parameters(genotype, **PAPER, classes=classes, auxiliary=True) for classes in (10, 100, 200)]
    assert [round(count / 1e6, 2) for count in counts] == pytest.approx(millions, abs=0.0101)


@pytest.mark.parametrize(
    ("name", "without", "with_head"),
    [
        ("DARTS_V2", 3.349, 3.826),
        ("DARTS_V1", 3.169, 3.646),
        ("NASNet-A", 3.831, 4.289),
        ("AmoebaNet-A", 3.145, 3.603),
        ("ENAS", 3.860, 4.318),
        ("SNAS_mild", 2.661, 3.138),
    ],
)
def test_parameters_to_three_decimals(name, without, with_head):
    genotype = published_cell(name).genotype
    counts = [count_parameters(genotype, **PAPER, classes=10, auxiliary=auxiliary) for auxiliary in (False, True)]
    assert [round(count / 1e6, 3) for count in counts] == [without, with_head]


def test_final_networks_of_stacnas_have_batch_norm_after_pools():
    # Counted in the authors' code (papers.md 4.4 has 3.716 M and 4.034 M).
    genotype = published_cell("StacNAS_cifar10").genotype
    assert count_parameters(genotype, **PAPER, classes=10, pool_norm=True) == 3_715_678
    assert count_parameters(genotype, **PAPER, classes=10) == 3_714_382
    other = published_cell("StacNAS_cifar100").genotype
    assert count_parameters(other, **PAPER, classes=100, pool_norm=True) / 1e6 == pytest.approx(4.034, abs=5e-4)


def test_a_stem_of_stride_two_halves_the_resolution_and_keeps_the_parameters():
    shape = {"channels": 2, "cells": 3, "classes": 10, "in_channels": 3}
    genotype = published_cell("DARTS_V2").genotype
    plain, halved = (build_network(genotype, **shape, stem_stride=stride) for stride in (1, 2))
    halved.load_state_dict(plain.state_dict())
    for network in (plain, halved):
        initialise(network, [0])
        network.eval()
    images = torch.rand(2, 3, 16, 16)
    assert halved.stem(images).shape == (2, 6, 8, 8)
    assert torch.allclose(plain.stem(images)[:, :, ::2, ::2], halved.stem(images), atol=1e-6)


def test_resnet_cell_has_the_published_parameters():
    cell = NasBench201Cell.parse("|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|")
    shape = {"channels": 16, "cells": 5, "classes": 10, "in_channels": 3}
    assert count_parameters(cell, **shape) == cell.parameters() == 559_386


@settings(max_examples=25)
@given(any_genotype, st.integers(7, 12), st.booleans())
def test_any_genotype_runs_at_any_size_and_trains(genotype, size, prune):
    network = build_network(genotype, channels=2, cells=2, classes=3, in_channels=1, prune=prune)
    initialise(network, [0])
    logits, auxiliary = network(torch.rand(4, 1, size, size))
    assert logits.shape == (4, 1, 3)
    assert auxiliary is None
    assert torch.isfinite(logits).all()
    logits.sum().backward()


@settings(max_examples=15)
@given(any_genotype)
def test_replicas_equal_networks_alone(genotype):
    x = torch.rand(6, 1, 8, 8)
    alone = []
    for seed in (3, 4, 5):
        network = build_network(genotype, **{**SMALL, "cells": 2})
        initialise(network, [seed])
        alone.append(network(x)[0])
    together = build_network(genotype, **{**SMALL, "cells": 2}, replicas=3)
    initialise(together, [3, 4, 5])
    torch.testing.assert_close(together(x.repeat(1, 3, 1, 1))[0], torch.cat(alone, dim=1), rtol=1e-3, atol=1e-4)


def test_auxiliary_head_speaks_in_training_only():
    network = build_network(published_cell("DARTS_V2").genotype, **SMALL, auxiliary=True)
    initialise(network, [0])
    x = torch.rand(2, 1, 16, 16)
    assert network(x)[1].shape == (2, 1, 10)
    assert network.eval()(x)[1] is None


def test_auxiliary_pooling_is_the_papers_at_eight_pixels():
    head = AuxiliaryHead(8, 10, BuildOptions()).eval()
    initialise(head, [0])
    x = torch.rand(2, 8, 8, 8)
    pooled = nn.functional.avg_pool2d(x.relu(), 5, stride=3, padding=0, count_include_pad=False)
    torch.testing.assert_close(head(x), head.classifier(head.features(pooled).flatten(1)))


def test_drop_path_keeps_the_mean_and_separates_replicas():
    x = torch.ones(4000, 6, 2, 2)
    dropped = DropPath(0.3, [torch.Generator().manual_seed(seed) for seed in (0, 1)])(x)
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    per_sample = dropped[:, :, 0, 0]
    assert all(torch.equal(per_sample[:, 0], per_sample[:, i]) for i in (1, 2))
    assert not torch.equal(per_sample[:, 0], per_sample[:, 3])
    second = DropPath(0.3, [torch.Generator().manual_seed(1)])(x[:, :3])
    assert torch.equal(second, dropped[:, 3:])


@pytest.mark.parametrize("primitive", [*darts.PRIMITIVES, "sep_conv_7x7", "conv_7x1_1x7", "conv_3x1_1x3", "none"])
@pytest.mark.parametrize(("stride", "size"), [(1, 8), (2, 8), (2, 7)])
def test_operations_keep_or_halve_the_size(primitive, stride, size):
    operation = build_operation(primitive, 4, stride, BuildOptions(replicas=2))
    assert operation(torch.rand(2, 8, size, size)).shape == (2, 8, -(-size // stride), -(-size // stride))


def test_complete_edges_of_four_nodes():
    assert len(complete_edges(4)) == 14
    assert complete_edges(4)[-1] == (4, 5)


def test_small_networks_on_large_maps_reduce_as_others_do(monkeypatch):
    torch.manual_seed(0)
    layer = layers.FactorizedReduce(8, 8, BuildOptions()).to(memory_format=torch.channels_last)
    x = torch.randn(2, 8, 57, 57).contiguous(memory_format=torch.channels_last)
    images = [x.clone().requires_grad_() for _ in range(2)]
    safe = layer(images[0])
    safe.square().sum().backward()  # strided, this wrote beyond its memory
    monkeypatch.setattr(layers, "_SAFE_SIDE", 100)
    with torch.no_grad():
        torch.testing.assert_close(layer(images[1]), safe)
    assert torch.isfinite(images[0].grad).all()


@pytest.mark.parametrize("option", [{"auxiliary": True}, {"stem_stride": 2}, {"pool_norm": True}])
def test_options_of_the_other_skeleton_are_refused(option):
    cell = NasBench201Cell.parse("|skip_connect~0|+|skip_connect~0|none~1|")
    with pytest.raises(NascopeError, match="its protocol must leave auxiliary_weight, stem_stride and pool_norm out"):
        build_network(cell, channels=2, cells=1, classes=10, in_channels=1, **option)
