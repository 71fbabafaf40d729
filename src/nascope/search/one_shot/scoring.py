"""Scoring cells with a supernet's weights on validation images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from nascope.datasets.images import Dataset, Split, channels_last
from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.mixes import Codes, Mix

#: The benchmark's test batch, with which single candidates are scored.
SCORING_BATCH = 512


class Scorer:
    """Scores cells, given by codes.

    Args:
        network: the supernet.
        dataset: how images are normalised.
        valid: validation images, on the network's device.
        path: the mix of a single cell.
    """

    def __init__(
        self, network: EvaluatedBothWays, dataset: Dataset, valid: Split, path: Callable[[Codes], Mix]
    ) -> None:
        self.network, self.dataset, self.valid, self.path = network, dataset, valid, path

    @torch.no_grad()
    def score(self, codes: Codes, batch_norm: str, chosen: Tensor | None = None) -> float:
        """Accuracy (%) of a cell on some validation images (None: all), not augmented.

        Args:
            codes: the cell.
            batch_norm: how the cells' BatchNorm evaluates, ``running`` or ``batch``.
            chosen: numbers of the images.
        """
        images, labels = self.valid.images, self.valid.labels
        if chosen is not None:
            images, labels = images[chosen], labels[chosen]
        hits = 0
        with self.network.evaluating(batch_norm):
            for start in range(0, len(labels), SCORING_BATCH):
                part = channels_last(self.dataset.normalise(images[start : start + SCORING_BATCH]))
                guess = self.network(part, self.path(codes)).argmax(dim=1)
                hits += int((guess == labels[start : start + SCORING_BATCH]).sum())
        return 100 * hits / len(labels)

    def best_of(self, candidates: Sequence[Codes], random: torch.Generator, batch_norm: str) -> Codes:
        """The candidate with the best accuracy, each on one random batch of its own (the first of equals)."""
        count, device = len(self.valid), self.valid.labels.device
        batches = (torch.randperm(count, generator=random)[:SCORING_BATCH].to(device) for _ in candidates)
        scores = [self.score(codes, batch_norm, chosen) for codes, chosen in zip(candidates, batches, strict=True)]
        return candidates[scores.index(max(scores))]
