"""RSPS, random search with parameter sharing (Li & Talwalkar 2019), as NAS-Bench-201 runs it."""

from __future__ import annotations

from typing import Literal

import torch

from nascope.config.section import Positive
from nascope.networks.mixes import Codes, Path
from nascope.search.one_shot.base import Labelled, OneShotSearch
from nascope.search.one_shot.setup import SearchSetup


class RSPS(OneShotSearch):
    """Trains a random path in each step; the best of some random cells is derived.

    Args:
        setup: see :class:`OneShotSearch`.
        candidates: random cells that are compared.
        paths: what a step trains. ``one``: one cell for all cells of the network, drawn uniformly, ``none`` like any
            other candidate, as NAS-Bench-201's script does. ``per_cell``: another path in each cell, drawn again until
            no node is left without input, which is NATS-Bench's rule for the same space.
    """

    def __init__(
        self, setup: SearchSetup, *, candidates: Positive = 100, paths: Literal["one", "per_cell"] = "one"
    ) -> None:
        super().__init__(setup)
        self.candidates, self.paths = candidates, paths

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`; there is no architecture to update."""
        if self.paths == "one":
            return self.descend(*train, Path(self.space.random_codes(random)))
        return self.descend(*train, Path(self.space.connected_paths(random, self.network.layers)))

    def derive(self, random: torch.Generator, batch_norm: str) -> Codes:
        """See :meth:`OneShotSearch.derive`."""
        cells = [self.space.random_codes(random) for _ in range(self.candidates)]
        return self.scorer.best_of(cells, random, batch_norm)
