"""A training protocol: everything that decides what a training computes, frozen and hashed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from nascope.errors import NascopeError

_LAST_EPOCHS = 5  # of the linear schedule


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
        schedule: ``cosine``, or ``linear``: a straight line that the last five epochs leave for a flatter one, as in
            Wan et al.'s ImageNet code.
        anneal_power: base p of cosine power annealing (1: the plain cosine), as StacNAS' training tricks.
        skip_first_rate: step the schedule before the optimiser, as the papers' code does on current
            PyTorch: epoch ``e`` then uses the rate of epoch ``e + 1``.
        momentum: of SGD.
        nesterov: Nesterov momentum.
        weight_decay: L2 penalty on every parameter.
        gradient_clip: largest gradient norm of a replica (0: no clipping).
        crop_padding: zero padding of the random crop (0: none).
        resized_crop: crops of random area instead (images in files only).
        jitter: change their colours.
        auto_augment: the CIFAR-10 policies of AutoAugment (Cubuk et al. 2019), after crop and flip.
        flip: mirror half of the training images.
        cutout: side of the cutout square (0: none).
        mixup: alpha of the Beta distribution of mixup's weight, one draw a batch (0: none).
        label_smoothing: weight spread over the other classes.
        auxiliary_weight: weight of the auxiliary head's loss (0: no head; DARTS skeleton only).
        drop_path: probability at the end of training, grown linearly with the epoch.
        stem_stride: how far the resolution falls before the first cell (DARTS skeleton): 1; 2 for Tiny-ImageNet in Shu
            et al. 2020; 8 for ImageNet's mobile setting, whose stem is three convolutions.
        train_on: ``"train"``, or ``"train+valid"`` for both splits.
        replicas: seeds that share one grouped network; results differ in the last digits with it.
        precision: ``float32``; ``tf32``, its faster form on recent GPUs; or ``bfloat16``, mixed precision: weights and
            their updates stay float32.
        channels_last: memory order of images and weights.
        compile: ``none``, ``default`` (torch.compile) or ``cuda_graphs`` (also recorded and replayed as CUDA graphs; on
            CPUs the same as ``default``).
    """

    channels: int
    cells: int
    epochs: int
    batch_size: int
    learning_rate: float
    final_learning_rate: float = 0.0
    schedule: str = "cosine"
    cosine_epochs: int = 0
    anneal_power: float = 1.0
    skip_first_rate: bool = False
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 3e-4
    gradient_clip: float = 0.0
    crop_padding: int = 0
    resized_crop: bool = False
    jitter: bool = False
    auto_augment: bool = False
    flip: bool = False
    cutout: int = 0
    mixup: float = 0.0
    label_smoothing: float = 0.0
    auxiliary_weight: float = 0.0
    drop_path: float = 0.0
    stem_stride: int = 1
    train_on: str = "train"
    replicas: int = 1
    precision: str = "float32"
    channels_last: bool = True
    compile: str = "none"

    @classmethod
    def from_config(cls, name: str, values: Mapping[str, Any]) -> Protocol:
        """Build from a config entry.

        Raises:
            NascopeError: an unknown or missing key, or too few epochs for the schedule.
        """
        known = {field.name for field in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise NascopeError(f"protocol {name!r}: unknown keys {sorted(unknown)}; known: {sorted(known)}")
        if values.get("schedule") == "linear" and values.get("epochs", 0) <= _LAST_EPOCHS:
            raise NascopeError(f"protocol {name!r}: the linear schedule needs more than {_LAST_EPOCHS} epochs")
        try:
            return cls(**values)
        except TypeError as error:
            raise NascopeError(f"protocol {name!r}: {error}") from None

    def learning_rate_at(self, epoch: int) -> float:
        """Annealing by epoch, from ``learning_rate`` towards ``final_learning_rate``."""
        epoch += self.skip_first_rate
        if self.schedule == "linear":
            return self._linear_rate(epoch)
        share = (1 + math.cos(math.pi * epoch / (self.cosine_epochs or self.epochs))) / 2
        power = self.anneal_power
        if power != 1:
            share = (power ** (share + 1) - power) / (power**2 - power)
        return self.final_learning_rate + (self.learning_rate - self.final_learning_rate) * share

    def _linear_rate(self, epoch: int) -> float:
        bend = self.epochs - _LAST_EPOCHS
        if epoch < bend:
            return self.learning_rate * (1 - epoch / bend)
        return self.learning_rate * (self.epochs - epoch) / (bend * _LAST_EPOCHS)

    def drop_path_at(self, epoch: int) -> float:
        """Linear growth with the epoch, as the DARTS code (never quite reaching ``drop_path``)."""
        return self.drop_path * epoch / self.epochs
