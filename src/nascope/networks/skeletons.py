"""The macro network that fits a genotype."""

from __future__ import annotations

import torch

from nascope.errors import NascopeError
from nascope.networks.darts_network import DartsNetwork
from nascope.networks.nasbench201_network import NasBench201Network
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell


def build_network(
    genotype: Genotype | NasBench201Cell,
    *,
    channels: int,
    cells: int,
    classes: int,
    in_channels: int,
    auxiliary: bool = False,
    stem_stride: int = 1,
    pool_norm: bool = False,
    replicas: int = 1,
    prune: bool = True,
) -> NasBench201Network | DartsNetwork:
    """The skeleton that fits the genotype; ``cells`` counts those of a stage (NAS-Bench-201) or all of them (DARTS).

    Raises:
        NascopeError: an auxiliary head, another stem or BatchNorm after pools, which the NAS-Bench-201 skeleton does
            not have.
    """
    if isinstance(genotype, Genotype):
        return DartsNetwork(
            genotype,
            channels=channels,
            layers=cells,
            classes=classes,
            in_channels=in_channels,
            auxiliary=auxiliary,
            stem_stride=stem_stride,
            pool_norm=pool_norm,
            replicas=replicas,
            prune=prune,
        )
    if auxiliary or stem_stride != 1 or pool_norm:
        raise NascopeError(
            "the NAS-Bench-201 skeleton has no auxiliary head, one stem and no BatchNorm after pools: its protocol "
            "must leave auxiliary_weight, stem_stride and pool_norm out"
        )
    return NasBench201Network(
        genotype,
        channels=channels,
        cells=cells,
        classes=classes,
        in_channels=in_channels,
        replicas=replicas,
        prune=prune,
    )


def count_parameters(
    genotype: Genotype | NasBench201Cell,
    *,
    channels: int,
    cells: int,
    classes: int,
    in_channels: int,
    auxiliary: bool = False,
    stem_stride: int = 1,
    pool_norm: bool = False,
) -> int:
    """Trainable parameters as papers count them: every edge of the genotype, dead or not."""
    with torch.device("meta"):
        network = build_network(
            genotype,
            channels=channels,
            cells=cells,
            classes=classes,
            in_channels=in_channels,
            auxiliary=auxiliary,
            stem_stride=stem_stride,
            pool_norm=pool_norm,
            prune=False,
        )
    return sum(parameter.numel() for parameter in network.parameters())
