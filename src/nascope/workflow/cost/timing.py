"""Steps of trainings and searches, timed on a device."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from msgspec.structs import replace

from nascope.datasets.shapes import side_of, sizes_of
from nascope.datasets.spec import DatasetSpec
from nascope.search.algorithm import Algorithm
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space import SearchedSpace
from nascope.spaces.stored import stored_genotype
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer
from nascope.workflow.cost.noise import random_images
from nascope.workflow.cost.work import Step

#: On CPUs a step of so many pixels is timed and scaled: one of the papers' batches takes minutes there.
_CPU_PIXELS = 8 * 32 * 32
#: Time of a forward pass alone, relative to a training step of as many images.
_EVALUATION_SHARE = 1 / 3


class _Clock:
    """Notes when steps end, in the place of the guard that a trainer asks after each."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def check(self) -> None:
        """A step has ended, on GPUs as soon as what it started there is done."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.times.append(time.perf_counter())

    def median(self) -> float:
        """Median time of a step in seconds, the first one left aside."""
        return statistics.median(after - before for before, after in pairwise(self.times))


@dataclass(frozen=True)
class TrainingStep(Step):
    """A step of a training, all replicas together; the images are at hand.

    Attributes:
        genotype: text of the genotype.
    """

    genotype: str

    @property
    def per_epoch(self) -> float:
        """Steps per epoch; the evaluation after it counts as a third of a step of as many images."""
        _, valid, test = sizes_of(self.dataset)
        return super().per_epoch + _EVALUATION_SHARE * (valid + test) / self.protocol.batch_size

    def seconds(self, device: str, count: int) -> float:
        """See :meth:`Step.seconds`."""
        batch = _timed_batch(self.protocol, self.dataset, device)
        short = replace(
            self.protocol,
            batch_size=batch,
            epochs=1,
            resized_crop=False,
            jitter=False,
            schedule="cosine",
            train_on="train",
        )
        clock = _Clock()
        images = random_images(self.dataset, batch * (count + 1))
        genotype = stored_genotype(self.genotype)
        Trainer(genotype, images, short, range(short.replicas), device=device, guard=clock).run()
        return clock.median() * self.protocol.batch_size / batch


@dataclass(frozen=True)
class SearchStep(Step):
    """A step of a supernet search, weights and architecture.

    Attributes:
        algorithm: with its settings.
        space: what is searched.
    """

    algorithm: Algorithm
    space: SearchedSpace

    def seconds(self, device: str, count: int) -> float:
        """See :meth:`Step.seconds`."""
        batch = _timed_batch(self.protocol, self.dataset, device)
        images = random_images(self.dataset, batch)
        build: type[OneShotSearch] = self.algorithm.load()
        setup = SearchSetup(images, self.protocol, self.space, ("batch",), seed=0, device=device)
        search = build(setup, **self.algorithm.settings)
        search.epoch = self.protocol.epochs - 1  # PC-DARTS' first epochs leave the architecture alone
        search.network.train()
        train, valid = (
            (images.normalise(split.images), split.labels) for split in (search.train_split, search.valid_split)
        )
        clock = _Clock()
        for step in range(count + 1):
            search.train_step(train, valid, torch.Generator().manual_seed(step))
            clock.check()
        return clock.median() * self.protocol.batch_size / batch


def _timed_batch(protocol: Protocol, spec: DatasetSpec, device: str) -> int:
    """Images of the step that is timed."""
    on_cpu = max(2, _CPU_PIXELS // side_of(spec) ** 2)
    return protocol.batch_size if device == "cuda" else min(protocol.batch_size, on_cpu)
