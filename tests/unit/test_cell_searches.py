"""Searches in spaces of two-input cells, StacNAS' two stages, and gradient confusion."""

import signal

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import softmax
from torch import nn
from torch.nn import functional as F

from nascope.analysis.cell_searches import alpha_against_accuracy, final_cells, mean_strengths, with_skips
from nascope.analysis.confusion import batch_gradients, confusion_table, members_of, pairwise
from nascope.analysis.confusion_depth import matched_depth
from nascope.config import check_config
from nascope.datasets.sources import load_dataset
from nascope.errors import NascopeError
from nascope.networks import build_network
from nascope.networks.initialise import initialise
from nascope.networks.mixes import Mixture, Partial, Path
from nascope.networks.operations import BuildOptions, Noise
from nascope.search.one_shot.cells import ALGORITHMS, representatives, run_cell_search, winners
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.pc_darts import PcDarts
from nascope.search.one_shot.spaces import CellSpace
from nascope.spaces import Genotype, darts
from nascope.spaces.complete import complete_edges
from nascope.studies import build_study
from nascope.training.interrupt import Interrupted, InterruptGuard
from nascope.training.protocol import Protocol
from tests.helpers import ROOT

WEIGHTS = {"channels": 4, "cells": 2, "epochs": 1, "batch_size": 250, "learning_rate": 0.05, "gradient_clip": 3.0}
GROUPS = {
    "max_pool_3x3": ["avg_pool_3x3", "max_pool_3x3"],
    "skip_connect": ["skip_connect", "skip_connect"],
    "sep_conv_3x3": ["sep_conv_3x3", "sep_conv_5x5"],
    "dil_conv_3x3": ["dil_conv_3x3", "dil_conv_5x5"],
}
WHOLE = {"nodes": 2, "primitives": [*darts.PRIMITIVES, "none"]}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", {"source": "digits"})


def space(**changes):
    return CellSpace.from_config("s", {**WHOLE, **changes})


def run(dataset, algorithm, tmp_path, searched=None, **changes):
    options = {"weights": WEIGHTS, "second_weights": {}, "settings": {}, "groups": GROUPS, **changes}
    return run_cell_search(dataset, searched or space(), algorithm, options, [0], tmp_path / algorithm)


# Spaces as data


def test_the_config_holds_the_five_spaces():
    import yaml

    spaces = yaml.safe_load((ROOT / "config.yaml").read_text())["search_spaces"]
    built = {name: CellSpace.from_config(name, spec) for name, spec in spaces.items()}
    assert set(built) == {"darts", "s1", "s2", "s3", "s4"}
    assert all(len(one.choices) == 28 for one in built.values())
    assert len(built["darts"].choices[0]) == 8
    assert built["s1"].candidates["normal"][5] == ("max_pool_3x3", "skip_connect")
    assert {len(edge) for edge in built["s1"].choices} == {2}
    assert set(built["s3"].choices) == {("none", "skip_connect", "sep_conv_3x3")}
    assert set(built["s4"].choices) == {("noise", "sep_conv_3x3")}
    check_config(yaml.safe_load((ROOT / "config.yaml").read_text()), ROOT / "workflow/schemas/config.schema.yaml")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"nodes": 2, "normal": [["skip_connect"]] * 4, "reduce": [["skip_connect"]] * 5},
            "normal has 4 edges, 2 nodes",
        ),
        ({"nodes": 1, "primitives": ["skip_connect", "conv"]}, r"normal edge 0: .* has unknown primitives \['conv'\]"),
        ({"nodes": 1, "primitives": ["none"]}, "has no operation to choose"),
        ({"nodes": 1}, "has no operation to choose"),
    ],
)
def test_mistakes_in_spaces_are_named(spec, message):
    with pytest.raises(NascopeError, match=f"search space 'mine'.*{message}"):
        CellSpace.from_config("mine", spec)


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
    searched = CellSpace.from_config("s", {"nodes": 2, "primitives": ["skip_connect", "none", "sep_conv_3x3"]})
    random = torch.Generator().manual_seed(0)
    codes = np.array([searched.random_codes(random) for _ in range(600)])
    assert set(codes.ravel()) == {-1, 0, 2}
    assert ((codes[:, 2:5] >= 0).sum(axis=1) == 2).all()
    assert (codes[:, 2:5] >= 0).mean(axis=0) == pytest.approx([2 / 3] * 3, abs=0.07)
    assert (codes[:, :2] == 0).mean() == pytest.approx(0.5, abs=0.05)


# Supernets


def test_a_path_is_the_network_of_its_genotype(digits):
    """A supernet's path with copied weights computes what the network of the genotype computes."""
    # Pools are normed in supernets only; affine BatchNorm starts as the identity.
    searched = space(primitives=["skip_connect", "sep_conv_3x3", "dil_conv_5x5"])
    network = searched.supernet(Protocol(**WEIGHTS), digits)
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


# Searches


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_searches_repeats_and_resumes(digits, tmp_path, algorithm):
    settings = {"candidates": 3} if algorithm == "RSPS" else {"warm_up": 0.0} if algorithm == "PC-DARTS" else {}
    searched = CellSpace.from_config("s", {"nodes": 2, "primitives": ["skip_connect", "sep_conv_3x3", "none"]})
    found, alphas = run(digits, algorithm, tmp_path, searched, settings=settings)
    again, _ = run(digits, algorithm, tmp_path / "other", searched, settings=settings)
    resumed, traces = run(digits, algorithm, tmp_path, searched, settings=settings)
    pd.testing.assert_frame_equal(found, again)
    pd.testing.assert_frame_equal(found, resumed)
    pd.testing.assert_frame_equal(alphas, traces)
    stages = 2 if algorithm == "StacNAS" else 1
    assert found["epoch"].tolist() == [0, 1] * stages
    assert found["stage"].max() == stages
    assert all(len(Genotype.parse(text).normal.edges) == 4 for text in found["genotype"])
    if algorithm == "RSPS":
        assert alphas.empty
    else:
        moved = alphas[alphas["stage"] == 1].pivot(
            index=["cell_type", "edge", "candidate"], columns="epoch", values="alpha"
        )
        assert len(moved) == 30
        assert (moved[0] != moved[1]).any()


@pytest.mark.parametrize("algorithm", ["PC-DARTS", "one-level", "DARTS-V2"])
def test_a_search_that_is_stopped_in_an_epoch_ends_as_one_that_is_not(digits, tmp_path, algorithm):
    settings = {"warm_up": 0.0} if algorithm == "PC-DARTS" else {}
    protocol = Protocol(**{**WEIGHTS, "epochs": 2})

    def build():
        how = {"space": space(primitives=["skip_connect", "noise"]), "batch_norms": ["batch"], "seed": 0}
        return ALGORITHMS[algorithm](digits, protocol, **how, **settings)

    whole = build()
    expected = whole.run(tmp_path / "whole")
    with InterruptGuard() as guard:
        stopped, steps = build(), []
        step = stopped.train_step

        def stop_at_the_sixth(*batches):
            steps.append(1)
            if len(steps) == 6:
                guard.received = signal.SIGTERM
            return step(*batches)

        stopped.train_step = stop_at_the_sixth
        with pytest.raises(Interrupted):
            stopped.run(tmp_path / "stopped", guard)
    resumed = build()
    pd.testing.assert_frame_equal(resumed.run(tmp_path / "stopped"), expected, check_exact=True)
    assert resumed.traces == whole.traces


def test_one_level_steps_both_on_one_loss(digits):
    searched = space(primitives=["skip_connect", "sep_conv_3x3"])
    protocol = Protocol(**{**WEIGHTS, "gradient_clip": 0.0, "momentum": 0.0, "weight_decay": 0.0})
    search = OneLevel(digits, protocol, space=searched, batch_norms=["batch"], seed=0)
    images, labels = torch.randn(20, 1, 8, 8), torch.randint(10, (20,), generator=torch.Generator().manual_seed(0))
    before = {name: value.detach().clone() for name, value in search.network.named_parameters()}
    loss = F.cross_entropy(search.network(images, Mixture(search.logits().softmax(dim=1))), labels)
    grads = torch.autograd.grad(loss, [*search.network.parameters(), search.alphas])
    assert search.train_step((images, labels), (images, labels), torch.Generator()) == pytest.approx(float(loss))
    for (name, value), grad in zip(search.network.named_parameters(), grads[:-1], strict=True):
        torch.testing.assert_close(value.detach(), before[name] - 0.05 * grad, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(search.alphas.grad, grads[-1])


def test_selections_differ_where_edges_have_different_numbers_of_candidates(digits):
    choices = {
        "nodes": 1,
        "normal": [["skip_connect", "sep_conv_3x3"], ["sep_conv_3x3"]],
        "reduce": [["skip_connect"]] * 2,
    }
    searched = CellSpace.from_config("s", choices)
    how = {"space": searched, "batch_norms": ["batch"], "seed": 0}
    search = OneLevel(digits, Protocol(**WEIGHTS), **how)
    with torch.no_grad():
        search.alphas[:] = 0.0
        search.alphas[0, 1] = 1.0
    assert search.strengths()[0].tolist() == [0.0, 1.0]
    assert search.strengths()[1].tolist() == [0.0, -np.inf]
    soft = OneLevel(digits, Protocol(**WEIGHTS), selection="softmax", **how)
    assert soft.strengths()[1].tolist() == [1.0, 0.0]
    with pytest.raises(NascopeError, match="unknown selection 'best'"):
        OneLevel(digits, Protocol(**WEIGHTS), selection="best", **how)


def test_edge_weights_of_pc_darts_sum_to_one_at_every_node(digits):
    search = PcDarts(digits, Protocol(**WEIGHTS), space=space(), batch_norms=["batch"], seed=0)
    with torch.no_grad():
        search.betas.copy_(torch.arange(10.0))
    weights = search.edge_weights()
    for arriving in search.space.arriving():
        assert float(weights[arriving].detach().sum()) == pytest.approx(1)
    with pytest.raises(NascopeError, match="3 channels cannot be parted into 4"):
        PcDarts(digits, Protocol(**{**WEIGHTS, "channels": 3}), space=space(), batch_norms=["batch"], seed=0)


# StacNAS


def test_stages_hold_representatives_and_then_members(digits):
    whole = space()
    first = representatives(whole, GROUPS)
    assert set(first.choices) == {("max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3", "none")}
    search = OneLevel(digits, Protocol(**WEIGHTS), space=first, batch_norms=["batch"], seed=0)
    with torch.no_grad():
        search.alphas[:] = 0.0
        search.alphas[:, 4] = 9.0  # none, never a winner
        search.alphas[0, 2], search.alphas[1, 0], search.alphas[9, 1] = 1.0, 1.0, 1.0
    second = winners(whole, search, GROUPS)
    assert second.choices[0] == ("sep_conv_3x3", "sep_conv_5x5", "none")
    assert second.choices[1] == ("avg_pool_3x3", "max_pool_3x3", "none")
    assert second.choices[9] == ("skip_connect", "skip_connect", "none")
    # An edge offers what its space has of a group, and no more.
    s1 = CellSpace.from_config(
        "s", {"nodes": 1, "normal": [["avg_pool_3x3", "sep_conv_5x5"]] * 2, "reduce": [["skip_connect"]] * 2}
    )
    assert representatives(s1, GROUPS).choices == (("avg_pool_3x3", "sep_conv_5x5"),) * 2 + (("skip_connect",),) * 2
    with pytest.raises(NascopeError, match=r"no operator group has \['noise'\]"):
        representatives(space(primitives=["noise", "sep_conv_3x3"]), GROUPS)


def test_measured_groups_are_those_of_the_first_seed():
    rows = [
        ("hierarchical", seed, -1, -1, op, group + seed)
        for seed in (0, 1)
        for op, group in (("a", 0), ("b", 1), ("c", 0))
    ]
    rows += [("kmeans", 0, -1, -1, "a", 5), ("hierarchical", 0, 2, 0, "a", 7)]
    table = pd.DataFrame(rows, columns=["method", "seed", "cell", "edge", "operator", "group"])
    assert members_of(table) == {"a": ["a", "c"], "b": ["b"]}


def test_unknown_settings_are_named(digits, tmp_path):
    with pytest.raises(NascopeError, match=r"settings of GDAS: unknown \['share'\]; known: alpha_learning_rate"):
        run(digits, "GDAS", tmp_path, settings={"share": 2})


# What they found


def cell(skips):
    ops = ["skip_connect"] * skips + ["sep_conv_3x3"] * (8 - skips)
    edges = [(op, source) for op, source in zip(ops, (0, 1) * 4, strict=True)]
    return f"Genotype(normal={edges}, normal_concat=[2, 3, 4, 5], reduce={edges}, reduce_concat=[2, 3, 4, 5])"


def searches():
    rows = []
    for algorithm, stage, counts in (("DARTS-V1", 1, (0, 1, 2, 5, 1)), ("StacNAS", 1, (0, 3)), ("StacNAS", 2, (0, 1))):
        for epoch, skips in enumerate(counts):
            rows.append(("s2", algorithm, stage, "batch", 7, epoch, cell(skips), 1.0, 10.0))
    columns = ["space", "algorithm", "stage", "batch_norm", "seed", "epoch", "genotype", "train_loss", "proxy_accuracy"]
    return pd.DataFrame(rows, columns=columns)


def test_final_cells_are_of_the_last_stage_and_early_stopping_returns_what_came_before_the_collapse():
    found = final_cells(searches()).set_index("algorithm")["skips"]
    assert found.to_dict() == {"DARTS-V1": 1, "StacNAS": 1, "DARTS-ES": 2}
    collapsed = searches().assign(genotype=lambda t: np.where(t["algorithm"] == "DARTS-V1", cell(6), t["genotype"]))
    early = final_cells(collapsed)
    assert early.loc[early["algorithm"] == "DARTS-ES", "epoch"].tolist() == [1]
    assert with_skips(searches())["skips"].tolist() == [0, 1, 2, 5, 1, 0, 3, 0, 1]
    study = build_study("s", "found_cells", {}, searches=searches())
    assert study["seeds"].tolist() == [[7]] * 3
    assert study["family"].tolist() == ["s2"] * 3


def test_strengths_are_softmaxes_per_edge():
    rows = [
        ("s", "StacNAS", 1, 0, 0, "normal", edge, k, op, alpha)
        for edge, alphas in enumerate(((0.0, 1.0, 2.0), (3.0, 0.0, 0.0)))
        for k, (op, alpha) in enumerate(zip(("skip_connect", "skip_connect", "sep_conv_3x3"), alphas, strict=True))
    ]
    columns = ["space", "algorithm", "stage", "seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha"]
    table = pd.DataFrame(rows, columns=columns)
    found = mean_strengths(table).set_index("operator")["strength"]
    expected = (softmax([0.0, 1.0, 2.0])[2] + softmax([3.0, 0.0, 0.0])[2]) / 2
    assert found["sep_conv_3x3"] == pytest.approx(expected)
    assert found.sum() == pytest.approx(1)


def test_alphas_are_set_against_the_accuracies_of_their_edge():
    study = build_study("s", "edge_operators", {"cell": "DARTS_V2", "cell_type": "normal", "edge": 3, "seeds": [0]})
    assert study["group"].tolist() == list(darts.PRIMITIVES)
    assert study["genotype"].nunique() == 7
    place = complete_edges(4).index((Genotype.parse(study["genotype"].iloc[0]).normal.edges[3][1], 3))
    trainings = pd.DataFrame({"key": study["key"], "seed": 0, "last_test_accuracy": np.arange(7.0)})
    rows = [
        ("d", name, 1, seed, epoch, "normal", edge, k, op, float(k * (edge == place) * epoch))
        for name in ("StacNAS", "DARTS-V1") for seed in (0, 1) for epoch in (0, 1) for edge in range(14)
        for k, op in enumerate((*darts.PRIMITIVES, "none"))
    ]  # fmt: skip
    columns = ["space", "algorithm", "stage", "seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha"]
    where = {"space": "d", "cell_type": "normal", "edge": 3}
    found = alpha_against_accuracy(pd.DataFrame(rows, columns=columns), study, trainings, **where)
    assert len(found) == 14
    stacnas = found[found["algorithm"] == "StacNAS"].set_index("operator")
    assert stacnas["strength"].to_numpy() == pytest.approx(softmax(np.arange(8.0))[:7])
    assert stacnas["accuracy"].tolist() == list(range(7))


# Confusion


def test_pairs_of_gradients():
    found = pairwise(np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]]))
    assert found["confusion"] == pytest.approx(3.0)
    assert found["lowest_cosine"] == pytest.approx(-1.0)
    assert found["mean_cosine"] == pytest.approx(-1 / 3, abs=1e-4)
    assert found["negative"] == pytest.approx(1 / 3)
    assert pairwise(np.array([[1.0, 0.0], [1.0, 1.0]]))["confusion"] == 0


def test_gradients_of_batches_are_those_of_softmax_regression(digits):
    model = nn.Linear(64, 10, bias=False)
    nn.init.zeros_(model.weight)

    def loss(images, labels):
        return F.cross_entropy(model(images.flatten(1)), labels)

    gradients = batch_gradients(loss, model, digits, 3, 5)
    for number, start in enumerate((0, 5, 10)):
        x = digits.normalise(digits.train.images[start : start + 5]).flatten(1)
        errors = torch.full((5, 10), 0.1) - F.one_hot(digits.train.labels[start : start + 5], 10)
        expected = errors.T @ x / 5
        assert gradients[number] == pytest.approx(expected.flatten().numpy(), abs=1e-5)


def test_depths_are_matched_to_the_final_network(digits):
    searched = CellSpace.from_config("s", {"nodes": 2, "primitives": ["skip_connect", "sep_conv_3x3"]})
    options = {
        "weights": WEIGHTS,
        "first_cells": [2, 3],
        "second_cells": [2],
        "batches": 3,
        "batch_size": 20,
        "seeds": [0],
    }
    final = Protocol(**{**WEIGHTS, "cells": 3})
    table = confusion_table(digits, searched, GROUPS, options, final)
    assert table[["network", "cells"]].to_numpy().tolist() == [
        ["stage 1", 2],
        ["stage 1", 3],
        ["stage 2", 2],
        ["final", 3],
    ]
    assert table.equals(confusion_table(digits, searched, GROUPS, options, final))
    assert (table["lowest_cosine"] <= table["mean_cosine"]).all()
    with pytest.raises(NascopeError, match="needs 2000 training images, 'digits' has 1000"):
        confusion_table(digits, searched, GROUPS, {**options, "batches": 100}, final)
    made = pd.DataFrame(
        {
            "network": ["stage 1"] * 4 + ["stage 2", "final"],
            "cells": [2, 3, 2, 3, 5, 5],
            "mean_cosine": [0.9, 0.5, 0.7, 0.5, 0.1, 0.45],
        }
    )
    chosen = matched_depth(made)
    assert chosen["chosen"].tolist() == [False, True, True]
    assert chosen["distance"].tolist() == pytest.approx([0.35, 0.05, 0.35])
