"""A real lack of memory: a training in a process that may not have more."""

import os
import subprocess
import sys

import numpy as np
import pytest

from nascope.memory import lacks_memory
from tests.helpers import ROOT

SCRIPT = """
import logging, resource, sys
import torch
torch.set_num_threads(1)
from msgspec.structs import replace
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.spaces.parse import parse_genotype
from nascope.training.protocol import Protocol
from nascope.training.shards import train

digits = load_dataset("digits", DatasetSpec(source="digits", sizes=(500, 100, 100)))
cell = parse_genotype("|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|")
protocol = Protocol(channels=32, cells=8, epochs=1, batch_size=500, learning_rate=0.1)
train(cell, digits, replace(protocol, channels=2, cells=1), [0])  # torch has now taken what it always takes
logging.basicConfig(stream=sys.stdout)
if sys.argv[1] != "all":
    size = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, ((size << 10) + (int(sys.argv[1]) << 20),) * 2)
curves, _ = train(cell, digits, protocol, [0])
print(curves["train_loss"].tolist(), curves["test_accuracy"].tolist())
"""


def trained(room):
    """A training in its own process, with so many MiB left for it."""
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536"}
    return subprocess.run([sys.executable, "-c", SCRIPT, room], env=variables, cwd=ROOT, capture_output=True, text=True)


def test_a_training_that_finds_too_little_memory_goes_on_frugally():
    """It takes about 450 MiB; with cells computed twice, 150."""
    plain, short = trained("all"), trained("300")
    assert plain.returncode == short.returncode == 0, short.stdout + short.stderr
    warning, curves = short.stdout.strip().splitlines()
    assert "out of memory (" in warning
    assert "going on with cells computed twice" in warning
    assert curves == plain.stdout.strip()


def test_too_little_even_for_that_is_one_message():
    none = trained("60")
    assert none.returncode == 1
    assert none.stderr.strip().splitlines()[-1].startswith("nascope.errors.NascopeError: |nor_conv_3x3~0|")
    assert "not even with cells computed twice" in none.stderr
    assert "lower replicas or batch_size in the protocol" in none.stderr


def test_other_errors_are_not_taken_for_it():
    with pytest.raises(MemoryError) as error:
        np.empty(1 << 50)
    assert lacks_memory(error.value)
    assert lacks_memory(RuntimeError("could not create a primitive"))
    for other in (
        RuntimeError("could not create a primitive descriptor for a convolution"),
        OSError("memory"),
        KeyError(),
    ):
        assert not lacks_memory(other)
