"""GDAS (Dong & Yang 2019): one Gumbel-softmax sample per step, straight through."""

from __future__ import annotations

import torch
from torch import Tensor

from nascope.config.section import PositiveFloat
from nascope.networks.mixes import HardPath, Mix
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.search.one_shot.base import Labelled
from nascope.search.one_shot.setup import SearchSetup


class GDAS(AlphaSearch):
    """Weights step with one sampled path, the architecture with another.

    Args:
        setup: see :class:`OneShotSearch`.
        first_temperature: temperature of the softmax in the first epoch.
        last_temperature: temperature in the last epoch; it is linear in between.
        **alphas: see :class:`AlphaSearch`.
    """

    def __init__(
        self,
        setup: SearchSetup,
        *,
        first_temperature: PositiveFloat = 10.0,
        last_temperature: PositiveFloat = 0.1,
        **alphas: float,
    ) -> None:
        super().__init__(setup, **alphas)
        self.first_temperature, self.last_temperature = first_temperature, last_temperature

    @property
    def temperature(self) -> float:
        """Temperature of the current epoch."""
        progress = self.epoch / max(1, self.protocol.epochs - 1)
        return self.first_temperature + progress * (self.last_temperature - self.first_temperature)

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        loss = self.descend(*train, self.sampled(self.logits().detach(), random))
        mix = self.sampled(self.logits(), random)
        (gradient,) = torch.autograd.grad(self.loss(valid, mix), [self.alphas])
        self.descend_alphas(gradient)
        return loss

    def sampled(self, logits: Tensor, random: torch.Generator) -> Mix:
        """A sampled path with the gradient of its softmax, by the rule of NAS-Bench-201's code."""
        return HardPath(*gumbel_sample(logits, self.temperature, random))


def gumbel_sample(alphas: Tensor, temperature: float, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """A sample of one candidate per edge.

    Args:
        alphas: logits (edges, candidates); minus infinity where there is no candidate.
        temperature: of the softmax.
        random: generator of the noise.

    Returns:
        Weights (edges, candidates), one-hot in value with the gradient of the tempered softmax, and the chosen
        candidates (edges,). A sample whose softmax is not finite is drawn again.
    """
    while True:
        noise = torch.empty(alphas.shape).exponential_(generator=random).to(alphas)
        logits = (alphas.log_softmax(dim=1) - noise.log()) / temperature
        soft = logits.softmax(dim=1)
        if bool(torch.isfinite(logits[torch.isfinite(alphas)]).all() & torch.isfinite(soft).all()):
            break
    chosen = soft.argmax(dim=1)
    hard = torch.zeros_like(soft).scatter_(1, chosen[:, None], 1.0)
    return hard - soft.detach() + soft, chosen
