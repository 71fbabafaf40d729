"""One-level optimisation: weights and architecture step on the same batch (Li et al. 2021, StacNAS)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.mixes import Mixture
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.training.protocol import Protocol

_SELECTIONS = ("logits", "softmax")


class OneLevel(AlphaSearch):
    """Both optimisers step on one loss; all training images serve both.

    Args:
        dataset: see :class:`OneShotSearch`; validation images are not needed.
        protocol: of the weights.
        selection: candidates and edges are compared by ``logits`` (as coded) or by their ``softmax``, which favours
            edges with fewer candidates.
        **shared: see :class:`AlphaSearch`.

    Raises:
        NascopeError: an unknown selection.
    """

    reads_validation = False

    def __init__(self, dataset: Dataset, protocol: Protocol, *, selection: str = "logits", **shared: Any) -> None:  # noqa: ANN401
        if selection not in _SELECTIONS:
            raise NascopeError(f"unknown selection {selection!r}; choose from {', '.join(_SELECTIONS)}")
        super().__init__(dataset, protocol, **shared)
        self.selection = selection

    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        self.adam.zero_grad()
        loss = self.descend(*train, Mixture(self.logits().softmax(dim=1)))
        self.adam.step()
        return loss

    def strengths(self) -> Tensor:
        """See :meth:`AlphaSearch.strengths`."""
        return self.logits() if self.selection == "logits" else super().strengths()
