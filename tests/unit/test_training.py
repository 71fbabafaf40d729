import os
import signal

import pandas as pd
import pytest
import torch
from msgspec import ValidationError
from msgspec.structs import replace
from pandas.testing import assert_frame_equal
from torch import nn

from nascope.config.section import section_of
from nascope.datasets.images import Dataset, Split
from nascope.datasets.spec import DatasetSpec
from nascope.networks.initialise import initialise
from nascope.networks.layers import AveragePool
from nascope.networks.skeletons import build_network
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cell
from nascope.training.batches import Batches
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.interrupt import Interrupted, InterruptGuard
from nascope.training.optimiser import clip_gradients
from nascope.training.protocol import Protocol
from nascope.training.size import parameters_table
from nascope.training.summary import summarise
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


def train(dataset, protocol=PROTOCOL, seeds=(0,), genotype=CELL, **kwargs):
    return Trainer(genotype, dataset, protocol, seeds, **kwargs).run()


def test_training_is_deterministic_and_learns(digits):
    first = train(digits)
    assert_frame_equal(first, train(digits), check_exact=True)
    assert first["train_loss"].iloc[-1] < first["train_loss"].iloc[0]
    assert first["epoch"].tolist() == [1, 2, 3]
    assert (first["status"] == "ok").all()
    assert not train(digits, seeds=(1,))["train_loss"].equals(first["train_loss"])


def test_genotypes_with_one_key_train_to_the_same_bits(digits):
    cells = [cell for cell in enumerate_cells(3) if canonical_key(cell) == canonical_key(CELL)]
    assert len(cells) == 1
    for_key = {}
    for cell in enumerate_cells(3):
        for_key.setdefault(canonical_key(cell), []).append(cell)
    twins = next(cells for cells in for_key.values() if len(cells) > 1 and "conv" in str(cells[0]))
    short = replace(PROTOCOL, epochs=1)
    assert_frame_equal(
        train(digits, short, genotype=twins[0]), train(digits, short, genotype=twins[-1]), check_exact=True
    )


def test_replicas_train_as_alone(digits):
    # A small rate: rounding differs between grouped and plain convolutions, and large steps amplify it.
    protocol = replace(PROTOCOL, epochs=2, learning_rate=0.01, gradient_clip=1.0, mixup=0.2, label_smoothing=0.1)
    together = train(digits, protocol, (4, 9))
    for seed in (4, 9):
        alone = train(digits, protocol, (seed,))
        found = together[together["seed"] == seed].reset_index(drop=True)
        for column in ("train_loss", "valid_loss", "test_loss"):
            assert found[column].tolist() == pytest.approx(alone[column].tolist(), rel=2e-3)


def test_the_protocol_decides_whether_pools_are_normed(digits):
    genotype = published_cell("StacNAS_cifar10").genotype
    protocol = Protocol(channels=2, cells=3, epochs=1, batch_size=250, learning_rate=0.01)
    table = pd.DataFrame({"study": ["s"], "family": [""], "name": ["n"], "genotype": [str(genotype)]})
    counts, sizes = {}, {}
    for norm in (False, True):
        chosen = replace(protocol, pool_norm=norm)
        modules = list(Trainer(genotype, digits, chosen, [0]).network.modules())
        sizes[norm] = parameters_table(table, chosen, DatasetSpec(source="digits"))["parameters"][0]
        counts[norm] = sum(isinstance(module, nn.BatchNorm2d) for module in modules)
    assert counts[True] - counts[False] == sum(isinstance(m, AveragePool | nn.MaxPool2d) for m in modules) > 0
    assert sizes[False] < sizes[True]


def test_drop_path_and_auxiliary_head_train(digits):
    genotype = published_cell("DARTS_V2").genotype
    protocol = Protocol(
        channels=2,
        cells=3,
        epochs=2,
        batch_size=250,
        learning_rate=0.025,
        drop_path=0.3,
        auxiliary_weight=0.4,
    )
    curves = train(digits, protocol, (0, 1), genotype)
    assert (curves["status"] == "ok").all()
    assert_frame_equal(curves, train(digits, protocol, (0, 1), genotype), check_exact=True)


def test_one_step_equals_plain_pytorch(digits):
    """One epoch against a loop written with torch's own optimiser, loss and clipping."""
    protocol = Protocol(
        channels=2,
        cells=1,
        epochs=1,
        batch_size=250,
        learning_rate=0.005,
        weight_decay=1e-2,
        nesterov=True,
        gradient_clip=0.5,
    )
    trainer = Trainer(CELL, digits, protocol, (0,))
    network = build_network(CELL, channels=2, cells=1, classes=10, in_channels=1)
    network.load_state_dict(trainer.network.state_dict())
    start = [parameter.detach().clone() for parameter in network.parameters()]
    optimiser = torch.optim.SGD(network.parameters(), lr=0.005, momentum=0.9, nesterov=True, weight_decay=1e-2)
    batches = Batches(digits, digits.train, protocol, (0,), 0)
    for step in range(len(batches)):
        batch = batches[step]
        loss = torch.nn.functional.cross_entropy(network(batch.images)[0][:, 0], batch.labels[:, 0])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
        optimiser.step()
    trainer.run()
    for before, expected, found in zip(start, network.parameters(), trainer.network.parameters(), strict=True):
        moved = (expected - before).norm()
        assert (found - expected).norm() < 0.01 * moved + 1e-7


def test_clipping_is_per_replica():
    network = build_network(CELL, channels=2, cells=1, classes=10, in_channels=1, replicas=2)
    initialise(network, [0, 1])
    weights = torch.tensor([1.0, 50.0])
    (network(torch.rand(8, 2, 8, 8))[0].sum(dim=(0, 2)) * weights).sum().backward()
    before = [parameter.grad.view(2, -1).clone() for parameter in network.parameters()]
    norms = torch.stack([part.norm(dim=1) for part in before]).norm(dim=0)
    limit = float(norms.mean())
    clip_gradients(network.parameters(), limit, 2)
    for part, parameter in zip(before, network.parameters(), strict=True):
        after = parameter.grad.view(2, -1)
        torch.testing.assert_close(after[0], part[0])
        torch.testing.assert_close(after[1], part[1] * limit / norms[1], rtol=1e-4, atol=1e-6)


def test_learning_rates_of_both_conventions():
    cosine = Protocol(channels=1, cells=1, epochs=4, batch_size=1, learning_rate=1.0, final_learning_rate=0.2)
    assert [cosine.learning_rate_at(e) for e in range(4)] == pytest.approx([1.0, 0.8828427, 0.6, 0.3171573])
    skipped = replace(cosine, skip_first_rate=True)
    assert skipped.learning_rate_at(0) == pytest.approx(0.8828427)
    assert skipped.learning_rate_at(3) == pytest.approx(0.2)


def test_unknown_and_missing_protocol_keys_are_named():
    values = {"channels": 1, "cells": 1, "epochs": 1, "batch_size": 1, "learning_rate": 0.1}
    assert section_of(Protocol, values).given() == values
    with pytest.raises(ValidationError, match="unknown field `epoch`"):
        section_of(Protocol, {**values, "epoch": 3})
    with pytest.raises(ValidationError, match="missing required field `batch_size`"):
        section_of(Protocol, {key: values[key] for key in values if key != "batch_size"})


def test_divergence_is_recorded_not_raised(digits):
    protocol = replace(PROTOCOL, learning_rate=1e20, nesterov=False, epochs=4)
    curves = train(digits, protocol)
    assert curves["status"].iloc[-1] == "diverged"
    assert len(curves) < 4
    table = summarise(curves.assign(key="k"), "digits", "p", "h")
    assert table["status"].tolist() == ["diverged"]


def test_training_on_both_splits_and_without_validation_images(digits):
    both = train(digits, replace(PROTOCOL, train_on="train+valid", epochs=1))
    assert both["train_loss"].iloc[0] != train(digits, replace(PROTOCOL, epochs=1))["train_loss"].iloc[0]
    empty = Split(digits.valid.images[:0], digits.valid.labels[:0])
    bare = Dataset(digits.name, 10, digits.train, empty, digits.test, digits.mean, digits.std)
    curves = train(bare, replace(PROTOCOL, epochs=2))
    assert curves["valid_loss"].isna().all()
    assert (curves["status"] == "ok").all()
    summary = summarise(curves.assign(key="k"), "d", "p", "h").iloc[0]
    assert summary["best_test_accuracy"] == curves["test_accuracy"].max()


class StopAfter:
    """A guard that asks to stop after some steps."""

    def __init__(self, steps):
        self.steps = steps

    def check(self):
        self.steps -= 1
        if self.steps == 0:
            raise Interrupted(signal.SIGTERM)


@pytest.mark.parametrize("steps", [1, 7, 10, 13, 29])
def test_interrupted_training_goes_on_to_the_same_curves(digits, tmp_path, steps):
    checkpoint = tmp_path / "state.checkpoint"
    with pytest.raises(SystemExit) as stopped:
        train(digits, seeds=(0, 1), checkpoint=checkpoint, guard=StopAfter(steps))
    assert stopped.value.code == 128 + signal.SIGTERM
    assert_frame_equal(
        train(digits, seeds=(0, 1), checkpoint=checkpoint), train(digits, seeds=(0, 1)), check_exact=True
    )


def test_guard_catches_signals_and_restores_handlers():
    before = signal.getsignal(signal.SIGTERM)
    with InterruptGuard() as guard:
        guard.check()
        os.kill(os.getpid(), signal.SIGUSR1)
        with pytest.raises(Interrupted):
            guard.check()
    assert signal.getsignal(signal.SIGTERM) == before


def test_checkpoints_are_whole_or_absent(tmp_path, caplog):
    path = tmp_path / "deep" / "x.checkpoint"
    save_checkpoint(path, {"tensor": torch.arange(3), "rows": [{"a": 1.5}]})
    assert load_checkpoint(path)["rows"] == [{"a": 1.5}]
    path.write_bytes(path.read_bytes()[:100])
    assert load_checkpoint(path) is None
    assert "unreadable" in caplog.text
    assert not path.exists()
    assert list(path.parent.iterdir()) == []


def test_summary_keeps_last_and_best_apart():
    curves = pd.DataFrame(
        {
            "key": "k",
            "seed": 0,
            "epoch": [1, 2, 3],
            "status": "ok",
            "learning_rate": 0.1,
            **{f"{split}_loss": [3.0, 2.0, 1.0] for split in ("train", "valid", "test")},
            "train_accuracy": [10.0, 20.0, 30.0],
            "valid_accuracy": [10.0, 50.0, 40.0],
            "test_accuracy": [60.0, 20.0, 30.0],
        }
    )
    row = summarise(curves, "d", "p", "h").iloc[0]
    assert (row["last_test_accuracy"], row["best_test_accuracy"], row["best_epoch"]) == (30, 60, 2)
    assert parse_genotype(str(CELL)) == CELL


def test_a_last_batch_of_one_image_is_left_out(digits):
    for size, steps in ((999, 1), (998, 2), (1000, 1), (333, 3)):
        batches = Batches(digits, digits.train, replace(PROTOCOL, batch_size=size), (0,), 0)
        assert len(batches) == steps
        assert all(len(batches[step].labels) > 1 for step in range(steps))
