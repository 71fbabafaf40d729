"""Searches in spaces of two-input cells, and StacNAS' two stages."""

import signal

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from nascope.analysis.operator_groups import members_of
from nascope.config.section import section_of
from nascope.errors import NascopeError
from nascope.networks.mixes import Mixture
from nascope.search.algorithms import CELL_SEARCH, chosen
from nascope.search.one_shot import base
from nascope.search.one_shot.cells import run_cell_search
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.pc_darts import PcDarts
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.one_shot.stages import TwoStages, representatives, winners
from nascope.spaces.genotype import Genotype
from nascope.training.interrupt import Interrupted, InterruptGuard
from tests.killed import killed_after
from tests.two_input import protocol, space

GROUPS = {
    "max_pool_3x3": ["avg_pool_3x3", "max_pool_3x3"],
    "skip_connect": ["skip_connect", "skip_connect"],
    "sep_conv_3x3": ["sep_conv_3x3", "sep_conv_5x5"],
    "dil_conv_3x3": ["dil_conv_3x3", "dil_conv_5x5"],
}


def setup(dataset, searched, **changes):
    return SearchSetup(dataset, protocol(**changes), searched, ("batch",), 0)


def settings_of(name):
    return {"RSPS": {"candidates": 3}, "PC-DARTS": {"warm_up": 0.0}}.get(name, {})


def run(dataset, name, tmp_path, searched, weights=None):
    weights = weights or protocol()
    stages = TwoStages(GROUPS, weights) if name == "StacNAS" else None
    algorithm = chosen(CELL_SEARCH, name, settings_of(name))
    return run_cell_search(dataset, searched, algorithm, weights, stages=stages, seeds=[0], store=tmp_path / name)


@pytest.mark.parametrize("algorithm", CELL_SEARCH)
def test_every_algorithm_searches_repeats_and_resumes(digits, tmp_path, algorithm):
    searched = space(primitives=["skip_connect", "sep_conv_3x3", "none"])
    found, alphas = run(digits, algorithm, tmp_path, searched)
    again, _ = run(digits, algorithm, tmp_path / "other", searched)
    resumed, traces = run(digits, algorithm, tmp_path, searched)
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


@pytest.mark.parametrize("name", ["PC-DARTS", "one-level", "DARTS-V2"])
def test_a_search_that_is_stopped_in_an_epoch_ends_as_one_that_is_not(digits, tmp_path, name):
    def build():
        algorithm = chosen(CELL_SEARCH, name, settings_of(name))
        return algorithm.load()(
            setup(digits, space(primitives=["skip_connect", "noise"]), epochs=2), **algorithm.settings
        )

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


@pytest.mark.parametrize(("name", "at"), [("GDAS", 3), ("StacNAS", 3), ("StacNAS", 8), ("StacNAS", 13)])
def test_a_job_that_is_killed_in_a_stage_goes_on_there(digits, tmp_path, monkeypatch, name, at):
    """Four steps per epoch, two epochs per stage; a checkpoint is due after every step."""
    searched, weights = space(primitives=["skip_connect", "sep_conv_3x3", "none"]), protocol(epochs=2)
    expected = run(digits, name, tmp_path / "whole", searched, weights)
    monkeypatch.setattr(base, "_CHECKPOINT_SECONDS", -1.0)
    cls = chosen(CELL_SEARCH, name, {}).load()
    step, steps = cls.train_step, 16 if name == "StacNAS" else 8
    monkeypatch.setattr(cls, "train_step", killed_after(step, at))
    with pytest.raises(KeyboardInterrupt):
        run(digits, name, tmp_path, searched, weights)
    monkeypatch.setattr(cls, "train_step", killed_after(step, steps - at))  # no step is taken again
    for found, table in zip(run(digits, name, tmp_path, searched, weights), expected, strict=True):
        pd.testing.assert_frame_equal(found, table, check_exact=True)


def test_one_level_steps_both_on_one_loss(digits):
    searched = space(primitives=["skip_connect", "sep_conv_3x3"])
    search = OneLevel(setup(digits, searched, gradient_clip=0.0, momentum=0.0, weight_decay=0.0))
    images, labels = torch.randn(20, 1, 8, 8), torch.randint(10, (20,), generator=torch.Generator().manual_seed(0))
    before = {name: value.detach().clone() for name, value in search.network.named_parameters()}
    loss = F.cross_entropy(search.network(images, Mixture(search.logits().softmax(dim=1))), labels)
    grads = torch.autograd.grad(loss, [*search.network.parameters(), search.alphas])
    stepped = search.train_step((images, labels), (images, labels), torch.Generator())
    assert stepped == pytest.approx(float(loss.detach()))
    for (name, value), grad in zip(search.network.named_parameters(), grads[:-1], strict=True):
        torch.testing.assert_close(value.detach(), before[name] - 0.05 * grad, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(search.alphas.grad, grads[-1])


def test_selections_differ_where_edges_have_different_numbers_of_candidates(digits):
    choices = {
        "nodes": 1,
        "normal": [["skip_connect", "sep_conv_3x3"], ["sep_conv_3x3"]],
        "reduce": [["skip_connect"]] * 2,
    }
    one_sided = setup(digits, TwoInputSpace.of(section_of(SpaceSpec, choices)))
    search = OneLevel(one_sided)
    with torch.no_grad():
        search.alphas[:] = 0.0
        search.alphas[0, 1] = 1.0
    assert search.strengths()[0].tolist() == [0.0, 1.0]
    assert search.strengths()[1].tolist() == [0.0, -np.inf]
    soft = OneLevel(one_sided, selection="softmax")
    assert soft.strengths()[1].tolist() == [1.0, 0.0]


def test_edge_weights_of_pc_darts_sum_to_one_at_every_node(digits):
    search = PcDarts(setup(digits, space()))
    with torch.no_grad():
        search.betas.copy_(torch.arange(10.0))
    weights = search.edge_weights()
    for arriving in search.space.arriving():
        assert float(weights[arriving].detach().sum()) == pytest.approx(1)
    with pytest.raises(NascopeError, match="3 channels cannot be divided into 4"):
        PcDarts(setup(digits, space(), channels=3))


# StacNAS


def test_stages_hold_representatives_and_then_members(digits):
    whole = space()
    first = representatives(whole, GROUPS)
    assert set(first.choices) == {("max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3", "none")}
    search = OneLevel(setup(digits, first))
    with torch.no_grad():
        search.alphas[:] = 0.0
        search.alphas[:, 4] = 9.0  # none, never a winner
        search.alphas[0, 2], search.alphas[1, 0], search.alphas[9, 1] = 1.0, 1.0, 1.0
    second = winners(whole, search, GROUPS)
    assert second.choices[0] == ("sep_conv_3x3", "sep_conv_5x5", "none")
    assert second.choices[1] == ("avg_pool_3x3", "max_pool_3x3", "none")
    assert second.choices[9] == ("skip_connect", "skip_connect", "none")
    # An edge offers what its space has of a group, and no more.
    edges = {"normal": [["avg_pool_3x3", "sep_conv_5x5"]] * 2, "reduce": [["skip_connect"]] * 2}
    s1 = TwoInputSpace.of(section_of(SpaceSpec, {"nodes": 1, **edges}))
    assert representatives(s1, GROUPS).choices == (("avg_pool_3x3", "sep_conv_5x5"),) * 2 + (("skip_connect",),) * 2
    with pytest.raises(NascopeError, match="no operator group has noise"):
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


def test_only_searches_with_architecture_parameters_have_two_stages(digits, tmp_path):
    algorithm, stages = chosen(CELL_SEARCH, "RSPS", {"candidates": 2}), TwoStages(GROUPS, protocol())
    with pytest.raises(NascopeError, match="RSPS has no architecture parameters"):
        run_cell_search(digits, space(), algorithm, protocol(), stages=stages, seeds=[0], store=tmp_path)
