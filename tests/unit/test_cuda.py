"""Trainings on a real GPU: the CPU's curves, other precisions, compilation, memory that runs out, leases."""

import json
import logging
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from nascope.datasets.images import channels_last
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.networks.layers import average_pool
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cell
from nascope.training.interrupt import Interrupted
from nascope.training.protocol import Protocol
from nascope.training.shards import train
from nascope.training.trainer import Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no NVIDIA GPU")

CELL = parse_genotype("|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|")
DARTS = published_cell("DARTS_V2").genotype
NB201 = Protocol(channels=8, cells=1, epochs=2, batch_size=100, learning_rate=0.1, crop_padding=1)
TRICKS = Protocol(
    channels=4, cells=6, epochs=2, batch_size=100, learning_rate=0.025, gradient_clip=5.0, drop_path=0.2,
    auxiliary_weight=0.4, cutout=2, mixup=0.2,
)  # fmt: skip
BOTH = pytest.mark.parametrize(("genotype", "protocol"), [(CELL, NB201), (DARTS, TRICKS)], ids=["nb201", "darts"])
LOSSES = ["train_loss", "valid_loss", "test_loss"]


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", DatasetSpec(source="digits", sizes=(500, 100, 100)))


def distance(one, other):
    """Largest relative difference of losses."""
    one, other = one[LOSSES].to_numpy(), other[LOSSES].to_numpy()
    return np.max(np.abs(one - other) / other)


def losses(genotype, digits, protocol, device="cuda", **options):
    return train(genotype, digits, protocol, [0, 1], device=device, **options)[0]


def test_two_jobs_take_turns_on_one_card(tmp_path):
    """First of all: jobs pass over a card on which another program, such as these tests, computes."""
    assert not torch.cuda.is_initialized()
    code = (
        "import json, sys, time; from pathlib import Path; from nascope.training.devices import leased_device\n"
        "with leased_device(1, Path(sys.argv[1])) as device:\n"
        "    import torch; start = time.time(); torch.ones(9, device=device).sum().item(); time.sleep(1)\n"
        "    print(json.dumps([start, time.time(), torch.cuda.device_count()]))"
    )
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "0"}
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
        )
        for _ in range(2)
    ]
    (_, first_end, cards), (second_start, *_) = sorted(json.loads(job.communicate(timeout=120)[0]) for job in jobs)
    assert cards == 1
    assert first_end <= second_start


@BOTH
def test_curves_are_the_cpus(digits, genotype, protocol):
    found = distance(losses(genotype, digits, protocol), losses(genotype, digits, protocol, "cpu"))
    print(f"float32 on the GPU: {found:.1e}")
    assert found < 1e-2


@BOTH
@pytest.mark.parametrize(
    "change", [{"precision": "tf32"}, {"precision": "bfloat16"}, {"channels_last": False}], ids=str
)
def test_other_arithmetic_learns_the_same(digits, genotype, protocol, change):
    found = distance(losses(genotype, digits, replace(protocol, **change)), losses(genotype, digits, protocol))
    print(f"{change}: {found:.1e}")
    assert found < 0.1


@pytest.mark.parametrize("how", ["default", "cuda_graphs"])
def test_compiled_networks_learn_the_same(digits, how):
    found = distance(losses(CELL, digits, replace(NB201, compile=how)), losses(CELL, digits, NB201))
    print(f"compile {how}: {found:.1e}")
    assert found < 1e-2


class _After:
    """Asks to stop after so many steps."""

    def __init__(self, steps):
        self.left = steps

    def check(self):
        self.left -= 1
        if not self.left:
            raise Interrupted(15)


@BOTH
def test_a_stopped_training_goes_on_where_it_was(digits, tmp_path, genotype, protocol):
    whole = losses(genotype, digits, protocol)
    with pytest.raises(Interrupted):
        losses(genotype, digits, protocol, checkpoint=tmp_path / "c", guard=_After(7))
    found = distance(losses(genotype, digits, protocol, checkpoint=tmp_path / "c"), whole)
    print(f"resumed: {found:.1e}")
    assert found < 1e-2


def peak(frugal, digits, protocol):
    """Bytes that a training asked the card for."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    Trainer(DARTS, digits, protocol, [0, 1], device="cuda", frugal=frugal).run()
    return torch.cuda.max_memory_reserved()


def test_a_card_without_memory_is_trained_on_frugally(digits, caplog):
    protocol = replace(TRICKS, channels=16, batch_size=250, epochs=1)
    expected = losses(DARTS, digits, protocol)
    most, least = peak(False, digits, protocol), peak(True, digits, protocol)
    assert least < most
    whole = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction((0.3 * most + 0.7 * least) / whole)
    try:
        with caplog.at_level(logging.WARNING):
            found = losses(DARTS, digits, protocol)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert "going on with cells computed twice" in caplog.text
    assert distance(found, expected) < 1e-2


@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_of_average_pools_are_the_cpus(stride):
    """In the channels-last order torch 2.11's are wrong (pytorch issue 188344)."""
    images = torch.randn(8, 4, 8, 8, generator=torch.Generator().manual_seed(0))

    def gradient(device):
        x = channels_last(images.to(device)).requires_grad_()
        pooled = average_pool(x, stride)
        weights = torch.arange(pooled.numel(), device=device).reshape(pooled.shape).sin()
        return torch.autograd.grad((weights * pooled).sum(), x)[0].cpu()

    torch.testing.assert_close(gradient("cuda"), gradient("cpu"))
