"""One-level optimisation: weights and architecture step on the same batch (Li et al. 2021, StacNAS)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from nascope.networks.mixes import Mixture
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.search.one_shot.base import Labelled
from nascope.search.one_shot.setup import SearchSetup


class OneLevel(AlphaSearch):
    """Both optimisers step on one loss; all training images serve both, and validation images are not needed.

    Args:
        setup: see :class:`OneShotSearch`.
        selection: candidates and edges are compared by ``logits`` (as coded) or by their ``softmax``, which favours
            edges with fewer candidates.
        **alphas: see :class:`AlphaSearch`.
    """

    reads_validation = False

    def __init__(
        self, setup: SearchSetup, *, selection: Literal["logits", "softmax"] = "logits", **alphas: float
    ) -> None:
        super().__init__(setup, **alphas)
        self.selection = selection

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        self.adam.zero_grad()
        loss = self.descend(*train, self.mixture())
        self.adam.step()
        return loss

    def mixture(self) -> Mixture:
        """The mix of all candidates, as it is trained."""
        return Mixture(self.logits().softmax(dim=1))

    def strengths(self) -> Tensor:
        """See :meth:`AlphaSearch.strengths`."""
        return self.logits() if self.selection == "logits" else super().strengths()
