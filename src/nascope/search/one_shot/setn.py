"""SETN (Dong & Yang 2019): random paths train the weights, the full mixture the architecture."""

from __future__ import annotations

import torch
from torch import Tensor

from nascope.config.section import Positive
from nascope.networks.mixes import Codes, Mixture, Path
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.search.one_shot.base import Labelled
from nascope.search.one_shot.setup import SearchSetup
from nascope.spaces.nasbench201 import PRIMITIVES


class SETN(AlphaSearch):
    """The most probable cells are compared with the supernet's weights, the best one is derived.

    Args:
        setup: see :class:`OneShotSearch`.
        candidates: cells that are compared.
        **alphas: see :class:`AlphaSearch`.
    """

    def __init__(self, setup: SearchSetup, *, candidates: Positive = 100, **alphas: float) -> None:
        super().__init__(setup, **alphas)
        self.candidates = candidates

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        loss = self.descend(*train, Path(self.space.random_codes(random)))
        (gradient,) = torch.autograd.grad(self.loss(valid, Mixture(self.strengths())), [self.alphas])
        self.descend_alphas(gradient)
        return loss

    def derive(self, random: torch.Generator, batch_norm: str) -> Codes:
        """See :meth:`OneShotSearch.derive`."""
        cells = most_probable(self.alphas.detach().cpu(), self.candidates)
        return self.scorer.best_of(cells, random, batch_norm)


def most_probable(alphas: Tensor, count: int) -> list[list[int]]:
    """The cells with the largest product of edge probabilities, among all ``5 ** edges``."""
    edges = len(alphas)
    codes = torch.cartesian_prod(*[torch.arange(len(PRIMITIVES))] * edges).view(-1, edges)
    scores = alphas.log_softmax(dim=1)[torch.arange(edges), codes].sum(dim=1)
    best: list[list[int]] = codes[scores.topk(min(count, len(scores))).indices].tolist()
    return best
