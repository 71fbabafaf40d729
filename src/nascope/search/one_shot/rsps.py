"""RSPS, random search with parameter sharing (Li & Talwalkar 2019), as NAS-Bench-201 runs it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.networks.mixes import Path
from nascope.search.one_shot.base import OneShotSearch
from nascope.training.protocol import Protocol


class RSPS(OneShotSearch):
    """Trains a random path a step; the best of some random cells is derived.

    Args:
        dataset: see :class:`OneShotSearch`.
        protocol: of the weights.
        candidates: random cells that are compared.
        **shared: see :class:`OneShotSearch`.
    """

    def __init__(self, dataset: Dataset, protocol: Protocol, *, candidates: int = 100, **shared: Any) -> None:  # noqa: ANN401
        super().__init__(dataset, protocol, **shared)
        self.candidates = candidates

    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; there is no architecture to update."""
        return self.descend(*train, Path(self.space.random_path(random, self.network.layers)))

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """See :meth:`OneShotSearch.derive`."""
        return self.best_of([self.space.random_codes(random) for _ in range(self.candidates)], random, batch_norm)
