"""Shards: what the store holds is not trained again, whatever is killed."""

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import torch
from msgspec.structs import replace
from pandas.testing import assert_frame_equal

from nascope.errors import NascopeError
from nascope.networks.skeletons import build_network
from nascope.schemas.trainings import CURVES, PLAN
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.published import published_cell
from nascope.tables import read_table
from nascope.training.checkpoint import load_checkpoint
from nascope.training.constant import constant_curves, ignores_images
from nascope.training.evaluate import evaluate
from nascope.training.plan import plan_trainings
from nascope.training.protocol import Protocol
from nascope.training.shards import run_shard
from nascope.training.snapshots import snapshot_epochs
from nascope.training.store import Store
from nascope.training.trainer import Trainer

CELL = enumerate_cells(3)[118]
PROTOCOL = Protocol(
    channels=2,
    cells=1,
    epochs=3,
    batch_size=100,
    learning_rate=0.1,
    nesterov=True,
    crop_padding=1,
    flip=True,
    cutout=2,
)


def requests_of(cells, seeds):
    return pd.DataFrame(
        {"key": [canonical_key(cell) for cell in cells], "genotype": [str(cell) for cell in cells], "seeds": seeds}
    ).assign(weights=False)


REQUESTS = requests_of(enumerate_cells(3)[:40], [[0, 1]] * 20 + [[1, 2]] * 20)


def test_plan_trains_each_function_and_seed_once():
    plan = plan_trainings(REQUESTS, replicas=2, shards=3)
    pairs = [(row.key, seed) for row in plan.itertuples() for seed in row.seeds]
    asked = {(row.key, seed) for row in REQUESTS.itertuples() for seed in row.seeds}
    assert sorted(pairs) == sorted(asked)
    loads = plan.groupby("shard")["cost"].sum()
    assert len(loads) == 3
    assert loads.max() - loads.min() <= plan["cost"].max()
    shuffled = plan_trainings(REQUESTS.sample(frac=1, random_state=1), replicas=2, shards=3)
    assert_frame_equal(plan, shuffled)


def run_all(plan, digits, folder, protocol):
    store = Store(folder, {})
    shards = [run_shard(part, lambda: digits, protocol, store) for _, part in plan.groupby("shard")]
    return pd.concat(shards).sort_values(["key", "seed", "epoch"], ignore_index=True)


def test_results_do_not_depend_on_shards(digits, tmp_path):
    protocol = replace(PROTOCOL, epochs=1, channels=1)
    requests = REQUESTS.iloc[15:24]
    one = run_all(plan_trainings(requests, 2, 1), digits, tmp_path / "one", protocol)
    four = run_all(plan_trainings(requests, 2, 4), digits, tmp_path / "four", protocol)
    assert_frame_equal(one, four, check_exact=True)


def test_stored_trainings_are_not_repeated_and_damaged_ones_are(digits, tmp_path):
    protocol = replace(PROTOCOL, epochs=1, channels=1)
    plan = plan_trainings(REQUESTS.iloc[:2], 2, 1)
    store = Store(tmp_path, {})
    first = run_shard(plan, lambda: digits, protocol, store)

    def refuse():
        raise AssertionError("nothing had to be trained")

    assert_frame_equal(run_shard(plan, refuse, protocol, store), first, check_exact=True)
    damaged = store.path(plan["key"][0], list(plan["seeds"][0]))
    damaged.write_bytes(damaged.read_bytes()[:50])
    assert_frame_equal(run_shard(plan, lambda: digits, protocol, store), first, check_exact=True)
    assert run_shard(plan.iloc[:0], refuse, protocol, store).empty


def test_weights_are_kept_where_a_study_needs_them(digits, tmp_path):
    protocol = replace(PROTOCOL, epochs=3)
    requests = pd.concat([REQUESTS.iloc[20:22], requests_of([CELL], [[0, 3]])], ignore_index=True)
    store = Store(tmp_path, {})
    bare = run_shard(plan_trainings(requests, 2, 1), lambda: digits, protocol, store)
    assert not list(tmp_path.glob("**/*.weights"))
    # Asked for by another study now: trained again, to the same curves.
    plan = plan_trainings(requests.assign(weights=[False, False, True]), 2, 1)
    assert_frame_equal(run_shard(plan, lambda: digits, protocol, store), bare, check_exact=True)
    assert len(list(tmp_path.glob("**/*.weights"))) == 1
    states = store.weights(plan, canonical_key(CELL), 3)
    assert list(states) == [0, 1, 2, 3]
    network = build_network(CELL, channels=2, cells=1, classes=10, in_channels=1)
    for epoch, state in states.items():
        network.load_state_dict(state)
        loss, accuracy = evaluate(network, digits, digits.test, 1)
        if epoch:
            row = bare[(bare["key"] == canonical_key(CELL)) & (bare["seed"] == 3) & (bare["epoch"] == epoch)].iloc[0]
            assert float(loss) == pytest.approx(row["test_loss"], rel=1e-4)
            assert float(accuracy) == pytest.approx(row["test_accuracy"])
    initialised = Trainer(CELL, digits, protocol, (3,)).network.state_dict()
    assert all(torch.equal(states[0][name], value) for name, value in initialised.items())
    next(tmp_path.glob("**/*.weights")).write_bytes(b"damaged")
    with pytest.raises(NascopeError, match="--forcerun train"):
        store.weights(plan, canonical_key(CELL), 3)


@pytest.mark.parametrize(("epochs", "expected"), [(1, (0, 1)), (7, (0, 1, 2, 3, 4, 5, 6, 7)), (600, range(0, 601, 60))])
def test_weights_are_kept_evenly_through_training(epochs, expected):
    assert snapshot_epochs(epochs) == tuple(expected)


def test_cells_that_ignore_the_image_are_answered_as_training_ends(digits, tmp_path):
    dead = next(cell for cell in enumerate_cells(3) if not cell.is_live())
    assert ignores_images(dead)
    assert not ignores_images(CELL)
    assert not ignores_images(published_cell("DARTS_V2").genotype)
    answered = constant_curves(digits, PROTOCOL, [0, 1])
    trained = Trainer(dead, digits, replace(PROTOCOL, epochs=10), (0,)).run().iloc[-1]
    last = answered.iloc[-1]
    for split in ("train", "valid", "test"):
        assert last[f"{split}_loss"] == pytest.approx(trained[f"{split}_loss"], abs=0.03)
    assert (digits.train.labels == digits.train.labels.mode().values).double().mean() * 100 == last["train_accuracy"]
    plan = plan_trainings(requests_of([dead], [[0, 1]]), 2, 1)
    stored = run_shard(plan, lambda: digits, PROTOCOL, Store(tmp_path, {}))
    assert set(stored["status"]) == {"constant"}
    assert list(stored.drop(columns="key").columns) == list(
        Trainer(CELL, digits, replace(PROTOCOL, epochs=1), (0,)).run().columns
    )
    assert len(stored) == 2 * PROTOCOL.epochs


SCRIPT = """
import sys, torch
from pathlib import Path
torch.set_num_threads(1)
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.schemas.trainings import CURVES, PLAN
from nascope.tables import read_table, write_table
from nascope.training import trainer
from nascope.training.protocol import Protocol
from nascope.training.shards import run_shard
from nascope.training.store import Store
trainer._CHECKPOINT_SECONDS = 0.0
folder = Path(sys.argv[1])
protocol = Protocol(channels=2, cells=1, epochs=8, batch_size=50, learning_rate=0.1)
plan = read_table(folder / "plan.parquet", PLAN)
digits = DatasetSpec(source="digits")
curves = run_shard(plan, lambda: load_dataset("digits", digits), protocol, Store(folder / "store", {}))
write_table(curves, CURVES, folder / "curves.parquet", {})
"""


def start(folder):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, folder], env=environment, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_shard_ends_in_the_same_table(tmp_path, number):
    from nascope.tables import write_table

    plan = plan_trainings(REQUESTS.iloc[[24, 30, 35]].assign(weights=True), 2, 1)
    tables, weights = [], []
    for name in ("undisturbed", "killed"):
        folder = tmp_path / name
        write_table(plan, PLAN, folder / "plan.parquet", {})
        if name == "killed":
            process = start(folder)
            deadline = time.monotonic() + 120
            while not list(folder.glob("store/*/*.checkpoint")) and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(0.3)
            process.send_signal(number)
            code = process.wait(timeout=60)
            assert code == (-signal.SIGKILL if number == signal.SIGKILL else 128 + signal.SIGTERM)
            assert not (folder / "curves.parquet").exists()
        assert start(folder).wait(timeout=240) == 0
        assert not list(folder.glob("store/*/*.checkpoint"))
        weights.append({path.name: load_checkpoint(path)["snapshots"] for path in folder.glob("store/*/*.weights")})
        tables.append(read_table(folder / "curves.parquet", CURVES))
    assert_frame_equal(tables[0], tables[1], check_exact=True)
    assert len(weights[0]) == 3
    assert weights[0].keys() == weights[1].keys()
    for name, snapshots in weights[0].items():
        assert list(snapshots) == list(weights[1][name]) == list(range(9))
        for epoch, state in snapshots.items():
            assert all(torch.equal(value, weights[1][name][epoch][part]) for part, value in state.items())
