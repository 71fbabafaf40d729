"""A training protocol: everything that decides what a training computes, frozen and hashed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nascope.errors import NascopeError


@dataclass(frozen=True)
class Protocol:
    """How a genotype is turned into a network and trained. Field names are the config's.

    Attributes:
        channels: channels of the first cells.
        cells: cells a stage (NAS-Bench-201 skeleton) or in all (DARTS skeleton).
        epochs: passes over the training images.
        batch_size: images a step (the last, smaller batch of an epoch is used too).
        learning_rate: at the first epoch.
        final_learning_rate: where the cosine ends.
        cosine_epochs: after how many epochs it gets there (0: all); it rises again after them, as in the
            benchmark's ENAS.
        skip_first_rate: step the schedule before the optimiser, as the papers' code does on current
            PyTorch: epoch ``e`` then uses the rate of epoch ``e + 1``.
        momentum: of SGD.
        nesterov: Nesterov momentum.
        weight_decay: L2 penalty on every parameter.
        gradient_clip: largest gradient norm of a replica (0: no clipping).
        crop_padding: zero padding of the random crop (0: none).
        flip: mirror half of the training images.
        cutout: side of the cutout square (0: none).
        mixup: alpha of the Beta distribution of mixup's weight, one draw a batch (0: none).
        label_smoothing: weight spread over the other classes.
        auxiliary_weight: weight of the auxiliary head's loss (0: no head; DARTS skeleton only).
        drop_path: probability at the end of training, grown linearly with the epoch.
        stem_stride: stride of the first convolution (DARTS skeleton; 2 for Tiny-ImageNet in Shu et al. 2020).
        train_on: ``"train"``, or ``"train+valid"`` for both splits.
        replicas: seeds that share one grouped network; results differ in the last digits with it.
    """

    channels: int
    cells: int
    epochs: int
    batch_size: int
    learning_rate: float
    final_learning_rate: float = 0.0
    cosine_epochs: int = 0
    skip_first_rate: bool = False
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 3e-4
    gradient_clip: float = 0.0
    crop_padding: int = 0
    flip: bool = False
    cutout: int = 0
    mixup: float = 0.0
    label_smoothing: float = 0.0
    auxiliary_weight: float = 0.0
    drop_path: float = 0.0
    stem_stride: int = 1
    train_on: str = "train"
    replicas: int = 1

    @classmethod
    def from_config(cls, name: str, values: Mapping[str, Any]) -> Protocol:
        """Build from a config entry.

        Raises:
            NascopeError: an unknown or missing key.
        """
        known = {field.name for field in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise NascopeError(f"protocol {name!r}: unknown keys {sorted(unknown)}; known: {sorted(known)}")
        try:
            return cls(**values)
        except TypeError as error:
            raise NascopeError(f"protocol {name!r}: {error}") from None

    def learning_rate_at(self, epoch: int) -> float:
        """Cosine annealing by epoch, from ``learning_rate`` towards ``final_learning_rate``."""
        progress = (epoch + self.skip_first_rate) / (self.cosine_epochs or self.epochs)
        span = self.learning_rate - self.final_learning_rate
        return self.final_learning_rate + span * (1 + math.cos(math.pi * progress)) / 2

    def drop_path_at(self, epoch: int) -> float:
        """Linear growth with the epoch, as the DARTS code (never quite reaching ``drop_path``)."""
        return self.drop_path * epoch / self.epochs
