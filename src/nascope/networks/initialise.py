"""Weights from seeds: each replica draws from its own generator, so it equals a network built alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from nascope.networks.layers import ReplicaLinear
from nascope.networks.operations import Noise


@torch.no_grad()
def initialise(network: nn.Module, seeds: Sequence[int]) -> None:
    """Fill a network with PyTorch's default initialisation, one seed per replica.

    Convolutions and classifiers are uniform in +-1/sqrt(fan in); BatchNorm starts at weight 1 and bias 0.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            tensors = [module.weight.view(len(seeds), -1, *module.weight.shape[1:])]
            fan_in = module.weight[0].numel()
        elif isinstance(module, ReplicaLinear):
            tensors, fan_in = [module.weight, module.bias], module.weight.shape[2]
        elif isinstance(module, Noise):
            for replica, generator in enumerate(generators):
                module.seeds[replica] = torch.randint(2**62, (), generator=generator)
            continue
        else:
            continue
        bound = fan_in**-0.5
        for tensor in tensors:
            for part, generator in zip(tensor, generators, strict=True):
                part.uniform_(-bound, bound, generator=generator)
