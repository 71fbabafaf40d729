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


def clip_gradients(parameters: Iterable[nn.Parameter], limit: float, replicas: int) -> None:
    """Scale each replica's gradient to a norm of at most ``limit`` (0: leave it), as ``clip_grad_norm_`` does.

    Args:
        parameters: of a network whose replicas lie side by side in the leading dimension.
        limit: largest norm.
        replicas: number of networks side by side.
    """
    if not limit:
        return
    # Views of the leading dimension only: in channels_last memory a gradient cannot be flattened in place.
    parts = [torch.unflatten(p.grad, 0, (replicas, -1)) for p in parameters if p.grad is not None]
    norms = torch.stack([torch.linalg.vector_norm(part, dim=tuple(range(1, part.ndim))) for part in parts]).norm(dim=0)
    scale = (limit / (norms + 1e-6)).clamp(max=1.0)
    if bool((scale < 1).any()):
        for part in parts:
            part.mul_(scale.view(-1, *[1] * (part.ndim - 1)))
