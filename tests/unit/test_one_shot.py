"""What all one-shot algorithms have in common: seeds, checkpoints, BatchNorm modes, and scores by a table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from pandas.testing import assert_frame_equal

from nascope.analysis.one_shot import last_epochs, scored_searches
from nascope.datasets.images import Split
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.search.algorithms import ONE_SHOT
from nascope.search.one_shot import base
from nascope.search.one_shot.pairing import PairedBatches
from nascope.search.one_shot.rsps import RSPS
from nascope.search.one_shot.run import run_one_shot
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_nasbench201 import NasBench201Space
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.training.batches import Batches
from nascope.training.interrupt import Interrupted, InterruptGuard
from tests.killed import killed_after
from tests.one_shot import PROTOCOL, algorithm, build, changed, few_digits


@pytest.fixture(scope="module")
def digits():
    return few_digits()


@pytest.mark.parametrize("name", ONE_SHOT)
def test_searches_repeat_differ_by_seed_and_move(digits, name):
    first = build(name, digits).run()
    assert_frame_equal(first, build(name, digits).run())
    assert first["epoch"].tolist() == [0, 1, 2]
    assert np.isnan(first["train_loss"][0])
    assert first["train_loss"][1:].between(0.5, 4).all()
    assert all(NasBench201Cell.parse(text).nodes == 3 for text in first["genotype"])
    other = build(name, digits, seed=1).run()
    assert first["train_loss"][1] != other["train_loss"][1]


@pytest.mark.parametrize("name", ONE_SHOT)
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
    assert_frame_equal(build(name, digits).run(path), expected, check_exact=True)
    finished = build(name, digits)
    finished.train_step = None  # nothing is left to do
    assert_frame_equal(finished.run(path), expected, check_exact=True)


@pytest.mark.parametrize("name", ONE_SHOT)
@pytest.mark.parametrize("at", [1, 2, 3, 5])
def test_a_killed_search_goes_on_from_its_last_save_inside_an_epoch(digits, tmp_path, monkeypatch, name, at):
    """Checkpoints are due after any step, not only after an epoch: here after each, with three steps per epoch."""
    monkeypatch.setattr(base, "_CHECKPOINT_SECONDS", -1.0)
    whole = build(name, digits)
    expected = whole.run()
    killed = build(name, digits)
    killed.train_step = killed_after(killed.train_step, at)
    with pytest.raises(KeyboardInterrupt):
        killed.run(tmp_path / "checkpoint")
    resumed = build(name, digits)
    resumed.train_step = killed_after(resumed.train_step, 6 - at)  # no step is taken again
    assert_frame_equal(resumed.run(tmp_path / "checkpoint"), expected, check_exact=True)
    assert resumed.traces == whole.traces


def test_validation_images_are_drawn_anew_and_augmented_on_their_own(digits):
    search = build("RSPS", digits)
    train = Batches(digits, search.train_split, PROTOCOL, [0], 0)
    paired = PairedBatches(search.valid_split, train, 0)
    assert paired.order.shape == train.order.shape
    assert len(paired.order.unique()) < len(digits.valid) + 1
    assert paired.order.max() < len(digits.valid)
    assert len(paired.order[0].unique()) < paired.order.shape[1]  # with replacement
    again = PairedBatches(search.valid_split, Batches(digits, search.train_split, PROTOCOL, [0], 1), 0)
    assert not torch.equal(again.order, paired.order)


@pytest.mark.parametrize("name", ONE_SHOT)
def test_cifar10_is_searched_too(cifar10_root, name):
    whole = load_dataset("cifar10_valid", DatasetSpec(source="cifar10", root=str(cifar10_root)))
    few, held = (Split(part.images[:96], part.labels[:96]) for part in (whole.train, whole.valid))
    protocol = changed(epochs=1, batch_size=32, crop_padding=4, flip=True)
    found = build(name, replace(whole, train=few, valid=held), protocol, nodes=4).run()
    assert found["train_loss"].iloc[-1] > 1
    assert NasBench201Cell.parse(found["genotype"].iloc[-1]).nodes == 4


def test_four_nodes_are_searched_too(digits):
    search = build("GDAS", digits, changed(epochs=1), nodes=4)
    assert NasBench201Cell.parse(search.run()["genotype"].iloc[-1]).nodes == 4


def test_mistakes_are_named(digits, tmp_path):
    how = {"nodes": 3, "batch_norms": ["batch"], "seeds": [0], "store": tmp_path}
    with pytest.raises(NascopeError, match=r"settings of RSPS: unknown 'samples'; known: candidates"):
        run_one_shot(digits, algorithm("RSPS", {"samples": 3}), PROTOCOL, **how)
    compiled = changed(compile="default")
    with pytest.raises(NascopeError, match="RSPS: supernets are trained in float32 or tf32"):
        run_one_shot(digits, algorithm("RSPS"), compiled, **how)
    empty = replace(digits, valid=Split(digits.valid.images[:0], digits.valid.labels[:0]))
    with pytest.raises(NascopeError, match="no validation images to search with"):
        RSPS(SearchSetup(empty, PROTOCOL, NasBench201Space(3), ("batch",), 0))


@pytest.mark.parametrize("name", ["RSPS", "ENAS"])
def test_one_search_for_both_batch_norm_modes_is_two_searches(digits, tmp_path, name):
    """Modes only decide how cells are derived, but for ENAS, which is searched once a mode."""

    def run(*modes):
        how = {"nodes": 2, "batch_norms": modes, "seeds": [3, 4], "store": tmp_path / "".join(modes)}
        return run_one_shot(digits, algorithm(name), changed(epochs=1), **how)

    both = run("running", "batch")
    assert len(both) == 2 * 2 * 2
    order = ["seed", "epoch"]
    for mode in ("running", "batch"):
        alone = run(mode).sort_values(order)
        found = both[both["batch_norm"] == mode].sort_values(order)
        assert_frame_equal(found.reset_index(drop=True), alone.reset_index(drop=True))
    with pytest.raises(NascopeError, match="ENAS learns from evaluations"):
        build("ENAS", digits, batch_norms=("running", "batch"))


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
    final = last_epochs(scored).set_index(["score", "seed"])
    assert final.loc[("d valid", 0), "accuracy"] == 30.5
    assert final.loc[("d test", 1), "accuracy"] == 80
    assert final.loc[("d test", 1), "percentile"] == pytest.approx(0.9)
    with pytest.raises(NascopeError, match=r"does not hold .*one_shot\.nodes"):
        scored_searches(searches.assign(genotype=str(enumerate_cells(3)[0])), benchmark)
