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
    replicas: int = 1,
    prune: bool = True,
) -> NasBench201Network | DartsNetwork:
    """The skeleton that fits the genotype; ``cells`` counts those of a stage (NAS-Bench-201) or all of them (DARTS).

    Raises:
        NascopeError: an auxiliary head or another stem, which the NAS-Bench-201 skeleton does not have.
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
            replicas=replicas,
            prune=prune,
        )
    if auxiliary or stem_stride != 1:
        raise NascopeError(
            "the NAS-Bench-201 skeleton has no auxiliary head and one stem: its protocol must leave "
            "auxiliary_weight and stem_stride out"
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
            prune=False,
        )
    return sum(parameter.numel() for parameter in network.parameters())
