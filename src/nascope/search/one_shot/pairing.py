"""Validation images beside training batches, and batches of them alone."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from nascope.datasets.images import Dataset, Split
from nascope.search.one_shot.streams import PAIRING
from nascope.training.batches import Batch, Batches, stream
from nascope.training.protocol import Protocol

#: Validation images are augmented independently of the training images beside them.
_AUGMENTED_AS_SEED = 2**32


class PairedBatches(Batches):
    """A validation batch for each training batch: uniformly at random with replacement, augmented in the same way.

    Args:
        valid: validation images.
        train: the epoch's training batches.
        seed: seed of the search.
    """

    def __init__(self, valid: Split, train: Batches, seed: int) -> None:
        super().__init__(train.dataset, valid, train.protocol, [_AUGMENTED_AS_SEED + seed], train.epoch)
        order = torch.randint(len(valid), train.order.shape, generator=stream(seed, PAIRING, train.epoch))
        self.order = order.to(train.order.device)


def endless_batches(dataset: Dataset, valid: Split, protocol: Protocol, random: torch.Generator) -> Iterator[Batch]:
    """Batches of validation images, augmented as training images are; every pass has its own order and augmentation.

    Args:
        dataset: normalisation.
        valid: validation images, at least two.
        protocol: batch size and augmentation.
        random: decides each pass when it begins.
    """
    while True:
        seed = int(torch.randint(2**62, (), generator=random))
        yield from Batches(dataset, valid, protocol, [seed], epoch=0).from_step(0)
