"""Trainings and searches of one kind: how many there are, how long each is, and which step is timed for them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from nascope.datasets.shapes import sizes_of
from nascope.datasets.spec import DatasetSpec
from nascope.training.protocol import Protocol


@dataclass(frozen=True)
class Step(ABC):
    """A step that can be timed.

    Attributes:
        protocol: of the weights.
        dataset: what the images are like.
    """

    protocol: Protocol
    dataset: DatasetSpec

    @property
    def per_epoch(self) -> float:
        """Steps per epoch."""
        train, valid, _ = sizes_of(self.dataset)
        images = train + valid if self.protocol.train_on == "train+valid" else train
        return math.ceil(images / self.protocol.batch_size)

    @abstractmethod
    def seconds(self, device: str, count: int) -> float:
        """Median time of a step.

        Args:
            device: torch device.
            count: how many steps are timed, after a first one.
        """


@dataclass(frozen=True)
class Work:
    """Trainings or searches of one kind.

    Attributes:
        paper: name of the paper that asks for them.
        part: study, or algorithm and space.
        timed: name of the step that is timed for them; works with the same name share its time.
        step: that step.
        networks: networks or supernets that are trained; 0 where that is not known before results are there.
        relative: cost of one of their steps relative to the timed one.
    """

    paper: str
    part: str
    timed: str
    step: Step
    networks: int
    relative: float = 1.0

    @property
    def epochs(self) -> int:
        """Epochs of each network."""
        return self.step.protocol.epochs

    def hours(self, seconds: float) -> float:
        """Device-hours of all of them.

        Args:
            seconds: of the timed step.
        """
        return self.networks * self.relative * self.epochs * self.step.per_epoch * seconds / 3600
