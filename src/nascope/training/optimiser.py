"""The weights' optimiser of a protocol, for networks and supernets alike."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from nascope.training.protocol import Protocol


def weights_sgd(parameters: Iterable[nn.Parameter], protocol: Protocol, *, fused: bool = True) -> torch.optim.SGD:
    """SGD as the protocol says.

    Args:
        parameters: what it steps.
        protocol: rate, momentum and weight decay.
        fused: one call for hundreds of small tensors; it needs a gradient for each of them in every step.
    """
    return torch.optim.SGD(
        parameters,
        lr=protocol.learning_rate,
        momentum=protocol.momentum,
        nesterov=protocol.nesterov,
        weight_decay=protocol.weight_decay,
        fused=fused,
        foreach=not fused,
    )


def set_learning_rate(optimiser: torch.optim.Optimizer, protocol: Protocol, epoch: int) -> None:
    """Give the optimiser the rate of an epoch."""
    for group in optimiser.param_groups:
        group["lr"] = protocol.learning_rate_at(epoch)
