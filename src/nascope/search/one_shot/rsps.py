"""RSPS, random search with parameter sharing (Li & Talwalkar 2019), as NAS-Bench-201 runs it."""

from __future__ import annotations

import torch

from nascope.networks.mixes import Path
from nascope.search.one_shot.base import Labelled, OneShotSearch
from nascope.search.one_shot.setup import SearchSetup


class RSPS(OneShotSearch):
    """Trains a random path in each step; the best of some random cells is derived.

    Args:
        setup: see :class:`OneShotSearch`.
        candidates: random cells that are compared.
    """

    def __init__(self, setup: SearchSetup, *, candidates: int = 100) -> None:
        super().__init__(setup)
        self.candidates = candidates

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; there is no architecture to update."""
        return self.descend(*train, Path(self.space.random_path(random, self.network.layers)))

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """See :meth:`OneShotSearch.derive`."""
        cells = [self.space.random_codes(random) for _ in range(self.candidates)]
        return self.scorer.best_of(cells, random, batch_norm)
