"""Cells whose output ignores the image are not trained; their curves are known: 341 of NAS-Bench-201's 15,625."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch

from nascope.datasets.images import Dataset
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.training.protocol import Protocol

CONSTANT = "constant"


def ignores_images(genotype: Genotype | NasBench201Cell) -> bool:
    """Whether a network of this cell gives every image the same logits."""
    return isinstance(genotype, NasBench201Cell) and not genotype.is_live()


def constant_curves(dataset: Dataset, protocol: Protocol, seeds: Sequence[int]) -> pd.DataFrame:
    """Curves of the best constant classifier, which such a network tends to: the frequencies of the training labels.

    Returns:
        The same columns as ``Trainer.run``, with the same scores in each epoch and status ``constant``.
    """
    both = protocol.train_on == "train+valid"
    train = dataset.train.join(dataset.valid) if both else dataset.train
    frequency = torch.bincount(train.labels.cpu(), minlength=dataset.classes).double() / len(train)
    scores: dict[str, float] = {}
    for name, split in (("train", train), ("valid", dataset.valid), ("test", dataset.test)):
        labels = split.labels.cpu()
        # The mean over no images is NaN, as for a trained network.
        scores[f"{name}_loss"] = float(-frequency[labels].log().mean())
        scores[f"{name}_accuracy"] = 100 * float((labels == frequency.argmax()).double().mean())
    rows = [
        {"seed": seed, "epoch": epoch + 1, "learning_rate": protocol.learning_rate_at(epoch), **scores}
        for epoch in range(protocol.epochs)
        for seed in seeds
    ]
    return pd.DataFrame(rows).assign(status=CONSTANT)
