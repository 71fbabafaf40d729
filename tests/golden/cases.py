"""Small trainings that between them use every part that decides numbers.

Not every seed will do. Where an activation happens to lie next to a kink (of a ReLU, or a tie in pooling), rounding
decides which side it falls on, and losses move by a thousandth from one kind of CPU to another. The seeds here are such
that rounding moves losses by less than :data:`NOISE`; ``tests.golden.write`` refuses others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import torch

from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.published import published_cell
from nascope.training.batches import Batch
from nascope.training.constant import constant_curves, ignores_images
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer
from tests.golden.data import dataset_named

#: Largest relative change of a loss when weights are rounded differently in each step.
NOISE = 3e-6
_ROUNDING = 2.0**-23  # of float32
_ROUNDED_TRAININGS = 30

_CONVOLUTIONS = NasBench201Cell.parse(
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
)
_POOLS = NasBench201Cell.parse("|avg_pool_3x3~0|+|none~0|nor_conv_1x1~1|+|nor_conv_3x3~0|skip_connect~1|none~2|")
_CONSTANT = NasBench201Cell.parse("|none~0|")
_DARTS = published_cell("DARTS_V2").genotype
_AMOEBA = published_cell("AmoebaNet-A").genotype
_NASBENCH201 = {"channels": 4, "cells": 1, "batch_size": 50, "learning_rate": 0.02, "weight_decay": 5e-4}
_CELLS = {"channels": 2, "cells": 3, "batch_size": 50, "learning_rate": 0.01}


class Case(NamedTuple):
    """A training: of what, on which images (see :func:`dataset_named`), with which seeds side by side, and how."""

    genotype: Genotype | NasBench201Cell
    data: str
    seeds: tuple[int, ...]
    protocol: Protocol

    def curves(self, folder: Path) -> pd.DataFrame:
        """Train; files of images are made in ``folder``."""
        dataset = dataset_named(self.data, folder)
        if ignores_images(self.genotype):
            return constant_curves(dataset, self.protocol, self.seeds)
        return Trainer(self.genotype, dataset, self.protocol, self.seeds).run()

    def noise(self, folder: Path) -> float:
        """Largest relative change of a loss over trainings whose weights are rounded differently in each step."""
        dataset = dataset_named(self.data, folder)
        plain, *rounded = (
            _RoundedTrainer(draw, self.genotype, dataset, self.protocol, self.seeds).run().filter(like="_loss")
            for draw in range(_ROUNDED_TRAININGS + 1)
        )
        return max(float(((curves - plain) / plain).abs().max(axis=None)) for curves in rounded)


class _RoundedTrainer(Trainer):
    """Moves all weights by about as much as rounding does, after each step; draw 0 leaves them."""

    def __init__(self, draw: int, *what: Any) -> None:
        super().__init__(*what)
        self.draw, self.generator = draw, torch.Generator().manual_seed(draw)

    def _train_step(self, batch: Batch) -> None:
        super()._train_step(batch)
        with torch.no_grad():
            for weights in self.network.parameters() if self.draw else ():
                weights *= 1 + _ROUNDING * torch.randn(weights.shape, generator=self.generator)


def _case(
    genotype: Genotype | NasBench201Cell, data: str = "digits", seeds: tuple[int, ...] = (0,), **changes: Any
) -> Case:
    small = _NASBENCH201 if isinstance(genotype, NasBench201Cell) else _CELLS
    return Case(genotype, data, seeds, Protocol(**{"epochs": 2, **small, **changes}))


_TRICKS = {"cutout": 2, "drop_path": 0.3, "mixup": 0.2, "label_smoothing": 0.1, "auxiliary_weight": 0.4}
_FILES = {"batch_size": 6, "stem_stride": 8, "resized_crop": True, "jitter": True, "flip": True}

CASES = {
    "nasbench201": _case(_CONVOLUTIONS, seeds=(2,), nesterov=True, crop_padding=1, flip=True),
    "nasbench201_pools": _case(_POOLS, seeds=(3,), momentum=0.5, gradient_clip=1.0, train_on="train+valid"),
    "constant": _case(_CONSTANT),
    "two_seeds": _case(_CONVOLUTIONS, seeds=(4, 9), crop_padding=1, cutout=2),
    "darts": _case(_DARTS, gradient_clip=5.0),
    "amoebanet": _case(_AMOEBA, seeds=(2,), weight_decay=1e-2),
    "tricks": _case(_DARTS, seeds=(12, 13), **_TRICKS),
    "linear": _case(_POOLS, epochs=6, batch_size=75, learning_rate=0.005, schedule="linear"),
    "power": _case(_POOLS, epochs=3, anneal_power=2.0, final_learning_rate=1e-3, skip_first_rate=True),
    "short_cosine": _case(_POOLS, seeds=(5,), epochs=3, cosine_epochs=2),
    "parquet": _case(_CONVOLUTIONS, "parquet", auto_augment=True),
    "cifar10": _case(_DARTS, "cifar10", batch_size=16, stem_stride=2, crop_padding=4, flip=True, cutout=16),
    "imagenet": _case(_DARTS, "imagenet", seeds=(8,), **_FILES),
}
