"""Validation images beside training batches."""

from __future__ import annotations

import torch

from nascope.datasets.images import Split
from nascope.search.one_shot.streams import PAIRING
from nascope.training.batches import Batches, stream

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
