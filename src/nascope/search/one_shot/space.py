"""What one-shot searches look for: a supernet, its edges' candidates, and the cells that codes stand for.

A cell is given by codes (:data:`~nascope.networks.mixes.Codes`), one for every edge of the supernet.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.mixes import Codes
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
    def text(self, codes: Codes) -> str:
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

    def connected_paths(self, random: torch.Generator, cells: int) -> Tensor:
        """Another path for each cell, none of which leaves a node without input; (cells, edges).

        Raises:
            NascopeError: the space has no such rule.
        """
        raise NascopeError("another path per cell (RSPS, paths: per_cell) is a rule for NAS-Bench-201's space only")

    def place(self, edge: int) -> tuple[str, int]:
        """Cell type and number in the cell of an edge of the supernet."""
        return KINDS[0], edge
