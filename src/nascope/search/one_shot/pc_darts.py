"""PC-DARTS (Xu et al. 2020): partial channels and edge normalisation."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from nascope.config.section import Positive, Share
from nascope.networks.mixes import Codes, Mix, Mixture, Partial, Path
from nascope.search.one_shot.alphas import AlphaSearch, Holder
from nascope.search.one_shot.base import Labelled
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.streams import ALPHAS
from nascope.training.batches import stream


class PcDarts(AlphaSearch):
    """First-order DARTS on a share of the channels; nodes also weigh their edges.

    Args:
        setup: see :class:`OneShotSearch`.
        share: candidates see one of so many channels.
        warm_up: share of the epochs in which the architecture waits (15 of 50 in the paper).
        first: what steps first on a pair of batches: the ``architecture``, as in the authors' code, or the ``weights``.
        **alphas: see :class:`AlphaSearch`.
    """

    def __init__(
        self,
        setup: SearchSetup,
        *,
        share: Positive = 4,
        warm_up: Share = 0.3,
        first: Literal["architecture", "weights"] = "architecture",
        **alphas: float,
    ) -> None:
        self.share, self.warm_up, self.first = share, warm_up, first
        super().__init__(setup, **alphas)
        start = 1e-3 * torch.randn(len(self.space.choices), generator=stream(self.seed, ALPHAS, 1))
        self.betas = nn.Parameter(start.to(self.device))
        self.adam.add_param_group({"params": [self.betas]})

    def parts(self) -> dict[str, Any]:
        """See :meth:`OneShotSearch.parts`."""
        return {**super().parts(), "betas": Holder(self.betas)}

    def edge_weights(self) -> Tensor:
        """Softmax over the edges of each node, (edges,)."""
        weights = torch.empty_like(self.betas)
        for arriving in self.space.arriving():
            weights[arriving] = self.betas[arriving].softmax(dim=0)
        return weights

    def strengths(self) -> Tensor:
        """See :meth:`AlphaSearch.strengths`: weights of candidates times those of edges."""
        return self.logits().softmax(dim=1) * self.edge_weights()[:, None]

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        if self.first == "architecture":
            self._step_architecture(valid)
        loss = self.descend(*train, self._mix(self.logits().detach(), self.edge_weights().detach()))
        if self.first != "architecture":
            self._step_architecture(valid)
        return loss

    def _step_architecture(self, valid: Labelled) -> None:
        """A step of the architecture, which waits in the first epochs."""
        if self.epoch < self.warm_up * self.protocol.epochs:
            return
        objective = self.loss(valid, self._mix(self.logits(), self.edge_weights()))
        self.alphas.grad, self.betas.grad = torch.autograd.grad(objective, [self.alphas, self.betas])
        self.adam.step()

    def path(self, codes: Codes) -> Mix:
        """See :meth:`OneShotSearch.path`."""
        return Partial(Path(codes), self.edge_weights().detach(), self.share)

    def _mix(self, logits: Tensor, edge_weights: Tensor) -> Mix:
        return Partial(Mixture(logits.softmax(dim=1)), edge_weights, self.share)
