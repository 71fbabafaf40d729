"""DARTS (Liu, Simonyan & Yang 2019), first and second order, as NAS-Bench-201 runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Literal

import torch
from torch import Tensor, nn

from nascope.networks.mixes import Mixture
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.search.one_shot.base import Labelled
from nascope.search.one_shot.setup import SearchSetup

_PERTURBATION = 0.01


class DartsV1(AlphaSearch):
    """First order: weights step on training images, then the architecture on validation images."""

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        loss = self.descend(*train, Mixture(self.strengths().detach()))
        self.step_architecture(valid)
        return loss

    def step_architecture(self, valid: Labelled) -> None:
        """A step of the architecture on validation images, the weights left as they are."""
        (gradient,) = torch.autograd.grad(self.loss(valid, Mixture(self.strengths())), [self.alphas])
        self.descend_alphas(gradient)


class TwoInputDartsV1(DartsV1):
    """First order in spaces of two-input cells.

    Args:
        setup: see :class:`OneShotSearch`.
        first: what steps first on a pair of batches: the ``architecture``, as in DARTS' own code, or the ``weights``,
            as in NAS-Bench-201's.
        **alphas: see :class:`AlphaSearch`.
    """

    def __init__(
        self, setup: SearchSetup, *, first: Literal["architecture", "weights"] = "architecture", **alphas: float
    ) -> None:
        super().__init__(setup, **alphas)
        self.first = first

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""
        if self.first != "architecture":
            return super().train_step(train, valid, random)
        self.step_architecture(valid)
        return self.descend(*train, Mixture(self.strengths().detach()))


class DartsV2(AlphaSearch):
    """Second order: the architecture steps first, on the validation loss after an unrolled step of the weights."""

    def train_step(self, train: Labelled, valid: Labelled, random: torch.Generator) -> float:
        """See :meth:`OneShotSearch.train_step`."""

        def train_loss(network: nn.Module) -> Tensor:
            return self.loss(train, Mixture(self.strengths()), network)

        def valid_loss(network: nn.Module) -> Tensor:
            return self.loss(valid, Mixture(self.strengths()), network)

        self.descend_alphas(unrolled_gradient(self.network, self.alphas, train_loss, valid_loss, self.sgd))
        return self.descend(*train, Mixture(self.strengths().detach()))


def unrolled_gradient(
    network: nn.Module,
    alphas: Tensor,
    train_loss: Callable[[nn.Module], Tensor],
    valid_loss: Callable[[nn.Module], Tensor],
    sgd: torch.optim.SGD,
) -> Tensor:
    """Gradient of the validation loss in the architecture, through one step of the weights (DARTS, equations 6 to 8).

    The step is SGD's without Nesterov: rate times (momentum + gradient + weight decay). The product with the Hessian
    is a central finite difference of 0.01 in the direction of the validation gradient.

    Args:
        network: weights are its parameters; it is left as it was, but for BatchNorm's running estimates.
        alphas: architecture parameters.
        train_loss: loss of a network on training images, by ``alphas``.
        valid_loss: loss of a network on validation images, by ``alphas``.
        sgd: the weights' optimiser.

    Returns:
        A tensor of the shape of ``alphas``.
    """
    weights = list(network.parameters())
    group = sgd.param_groups[0]
    unrolled = deepcopy(network)
    gradients = torch.autograd.grad(train_loss(network), weights)
    with torch.no_grad():
        for copied, weight, gradient in zip(unrolled.parameters(), weights, gradients, strict=True):
            buffer = sgd.state[weight].get("momentum_buffer")
            step = gradient + group["weight_decay"] * weight
            if buffer is not None:
                step = step + group["momentum"] * buffer
            copied.copy_(weight - group["lr"] * step)
    direct, *direction = torch.autograd.grad(valid_loss(unrolled), [alphas, *unrolled.parameters()])
    size = _PERTURBATION / torch.stack([part.norm() for part in direction]).norm()
    ends = []
    for sign in (1, -1):
        with _moved(weights, direction, sign * size):
            ends.append(torch.autograd.grad(train_loss(network), [alphas])[0])
    corrected: Tensor = direct - group["lr"] * (ends[0] - ends[1]) / (2 * size)
    return corrected


@contextmanager
def _moved(weights: Sequence[Tensor], direction: Sequence[Tensor], size: Tensor) -> Iterator[None]:
    """The weights moved along a direction while the block runs."""
    kept = [weight.detach().clone() for weight in weights]
    with torch.no_grad():
        for weight, part in zip(weights, direction, strict=True):
            weight.add_(size * part)
    try:
        yield
    finally:
        with torch.no_grad():
            for weight, before in zip(weights, kept, strict=True):
                weight.copy_(before)
