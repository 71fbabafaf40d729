"""What every one-shot search is given."""

from __future__ import annotations

from dataclasses import dataclass

from nascope.datasets.images import Dataset
from nascope.search.one_shot.space import SearchedSpace
from nascope.training.protocol import Protocol


@dataclass(frozen=True)
class SearchSetup:
    """What every one-shot search is given; settings of its own are keyword arguments of its class.

    Attributes:
        dataset: training images for the weights, validation images for the architecture.
        protocol: protocol of the weights; ``cells`` counts those of a stage (NAS-Bench-201) or all of them.
        space: what is searched.
        batch_norms: how the cells' BatchNorm evaluates, ``running`` or ``batch``; a cell is derived with each.
        seed: decides everything that is random.
        device: torch device.
    """

    dataset: Dataset
    protocol: Protocol
    space: SearchedSpace
    batch_norms: tuple[str, ...]
    seed: int
    device: str = "cpu"
