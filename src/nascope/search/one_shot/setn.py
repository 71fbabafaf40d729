"""SETN (Dong & Yang 2019): random paths train the weights, the full mixture the architecture."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.networks.mixes import Mixture, Path
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.training.protocol import Protocol


class SETN(AlphaSearch):
    """The most probable cells are compared with the supernet's weights, the best one is derived.

    Args:
        dataset: see :class:`OneShotSearch`.
        protocol: of the weights.
        candidates: cells that are compared.
        **shared: see :class:`AlphaSearch`.
    """

    def __init__(self, dataset: Dataset, protocol: Protocol, *, candidates: int = 100, **shared: Any) -> None:  # noqa: ANN401
        super().__init__(dataset, protocol, **shared)
        self.candidates = candidates

    def train_step(self, train: tuple[Tensor, Tensor], valid: tuple[Tensor, Tensor], random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        loss = self.descend(*train, Path(self.space.random_codes(random)))
        (gradient,) = torch.autograd.grad(self.loss(valid, Mixture(self.strengths())), [self.alphas])
        self.descend_alphas(gradient)
        return loss

    def derive(self, random: torch.Generator, batch_norm: str) -> list[int]:
        """See :meth:`OneShotSearch.derive`."""
        return self.best_of(most_probable(self.alphas.detach().cpu(), self.candidates), random, batch_norm)


def most_probable(alphas: Tensor, count: int) -> list[list[int]]:
    """The cells with the largest product of edge probabilities, among all ``5 ** edges``."""
    edges = len(alphas)
    codes = torch.cartesian_prod(*[torch.arange(len(PRIMITIVES))] * edges).view(-1, edges)
    scores = alphas.log_softmax(dim=1)[torch.arange(edges), codes].sum(dim=1)
    return codes[scores.topk(min(count, len(scores))).indices].tolist()
