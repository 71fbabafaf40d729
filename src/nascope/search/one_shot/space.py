"""What one-shot searches look for: a supernet, its edges' candidates, and the cells that codes stand for.

Codes are a list with the number of the chosen candidate for every edge of the supernet, -1 where there is no edge.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.networks.evaluation import EvaluatedBothWays
from nascope.training.protocol import Protocol

#: Types of cells; a space of one type has the first.
KINDS = ("normal", "reduce")


class SearchedSpace(ABC):
    """A space of cells.

    Attributes:
        choices: candidates of each edge of the supernet.
    """

    choices: tuple[tuple[str, ...], ...]

    @abstractmethod
    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> EvaluatedBothWays:
        """The search network.

        Args:
            protocol: channels and cells.
            dataset: classes and channels of images.
            share: candidates see one of so many channels (PC-DARTS).
        """

    @abstractmethod
    def text(self, codes: Sequence[int]) -> str:
        """The genotype of codes."""

    @abstractmethod
    def strongest(self, strengths: Tensor) -> list[int]:
        """The cell that candidates' strengths, (edges, candidates), stand for."""

    @abstractmethod
    def arriving(self) -> list[list[int]]:
        """Numbers of the edges that arrive at each node."""

    @abstractmethod
    def random_codes(self, random: torch.Generator) -> list[int]:
        """A cell uniformly at random."""

    @abstractmethod
    def random_path(self, random: torch.Generator, cells: int) -> Tensor:
        """Codes with which a step of random search trains the weights, (edges,) or (cells, edges)."""

    def place(self, edge: int) -> tuple[str, int]:
        """Cell type and number in the cell of an edge of the supernet."""
        return KINDS[0], edge
