"""What one-shot searches look for: a supernet, its edges' candidates, and the cells that codes stand for.

Codes are a list with the number of the chosen candidate for every edge of the supernet, -1 where there is no edge.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.evaluation import EvaluatedBothWays
from nascope.networks.mixes import Mix
from nascope.networks.nasbench201_supernet import NasBench201Supernet
from nascope.networks.supernet import Supernet
from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import PRIMITIVES as CELL_PRIMITIVES
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of
from nascope.training.protocol import Protocol

_NONE = PRIMITIVES.index("none")
KINDS = ("normal", "reduce")


class SearchedSpace(ABC):
    """A space of cells; ``choices`` are the candidates of each edge."""

    choices: tuple[tuple[str, ...], ...]

    @abstractmethod
    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> EvaluatedBothWays:
        """A network that maps (images, mix) to logits (batch, classes); ``share``: see :class:`Supernet`."""

    @abstractmethod
    def text(self, codes: Sequence[int]) -> str:
        """The genotype of codes."""

    @abstractmethod
    def strongest(self, strengths: Tensor) -> list[int]:
        """The cell that candidates' strengths, (edges, candidates), stand for."""

    @abstractmethod
    def random_codes(self, random: torch.Generator) -> list[int]:
        """A cell uniformly at random."""

    @abstractmethod
    def random_path(self, random: torch.Generator, cells: int) -> Tensor:
        """Codes with which a step of random search trains the weights, (edges,) or (cells, edges)."""

    def place(self, edge: int) -> tuple[str, int]:
        """Cell type and number in the cell of an edge of the supernet."""
        return KINDS[0], edge


class NasBench201Space(SearchedSpace):
    """The space of NAS-Bench-201 with some number of nodes."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.choices = (PRIMITIVES,) * len(edges_of(nodes))

    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> NasBench201Supernet:
        """See :class:`SearchedSpace`."""
        shape = {"channels": protocol.channels, "cells": protocol.cells, "classes": dataset.classes}
        return NasBench201Supernet(self.nodes, **shape, in_channels=dataset.channels)

    def text(self, codes: Sequence[int]) -> str:
        """See :class:`SearchedSpace`."""
        return str(NasBench201Cell(tuple(PRIMITIVES[code] for code in codes)))

    def strongest(self, strengths: Tensor) -> list[int]:
        """The strongest primitive of each edge, ``none`` too."""
        return strengths.argmax(dim=1).tolist()

    def random_codes(self, random: torch.Generator) -> list[int]:
        """See :class:`SearchedSpace`."""
        return torch.randint(len(PRIMITIVES), (len(self.choices),), generator=random).tolist()

    def random_path(self, random: torch.Generator, cells: int) -> Tensor:
        """Another path in each cell, uniformly among those that leave no node without input."""
        return torch.stack([random_path(self.nodes, random) for _ in range(cells)])


def random_path(nodes: int, random: torch.Generator) -> Tensor:
    """Operations uniformly at random among those that leave no node without input, (edges,)."""
    codes = torch.empty(len(edges_of(nodes)), dtype=torch.int64)
    for node in range(1, nodes):
        arriving = slice(node * (node - 1) // 2, node * (node + 1) // 2)
        codes[arriving] = _NONE
        while (codes[arriving] == _NONE).all():
            codes[arriving] = torch.randint(len(PRIMITIVES), (node,), generator=random)
    return codes


class _CellSupernet(Supernet, EvaluatedBothWays):
    """A supernet without replicas."""

    def forward(self, x: Tensor, mix: Mix) -> Tensor:
        """(batch, in_channels, h, w) to logits (batch, classes)."""
        return super().forward(x, mix)[:, 0]


class CellSpace(SearchedSpace):
    """A space of two-input cells, as data: the candidates of every edge of the complete cell.

    Edges of normal cells come first. Each node keeps the two edges whose best candidate is strongest; ``none`` may
    compete, but is never chosen (Liu et al. 2019).

    Args:
        nodes: intermediate nodes a cell.
        candidates: for ``normal`` and ``reduce``, the primitives of every edge, node by node.
    """

    def __init__(self, nodes: int, candidates: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.nodes, self.pairs = nodes, complete_edges(nodes)
        self.candidates = {kind: tuple(tuple(edge) for edge in candidates[kind]) for kind in KINDS}
        self.choices = (*self.candidates["normal"], *self.candidates["reduce"])

    @classmethod
    def from_config(cls, name: str, spec: Mapping[str, Any]) -> CellSpace:
        """Build from a config entry: ``nodes``, and ``primitives`` for all edges or a list an edge for each cell type.

        Raises:
            NascopeError: a wrong number of edges, an unknown primitive, or an edge with nothing to choose; the message
                names the edge.
        """
        nodes = spec.get("nodes", 4)
        edges = len(complete_edges(nodes))
        candidates = {kind: spec.get(kind) or [spec.get("primitives", [])] * edges for kind in KINDS}
        for kind, lists in candidates.items():
            if len(lists) != edges:
                raise NascopeError(f"search space {name!r}: {kind} has {len(lists)} edges, {nodes} nodes have {edges}")
            for edge, primitives in enumerate(lists):
                unknown = sorted(set(primitives) - set(CELL_PRIMITIVES))
                if unknown or not set(primitives) - {"none"}:
                    raise NascopeError(
                        f"search space {name!r}, {kind} edge {edge}: {list(primitives)} has "
                        + (f"unknown primitives {unknown}" if unknown else "no operation to choose")
                    )
        return cls(nodes, candidates)

    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> _CellSupernet:
        """See :class:`SearchedSpace`.

        Raises:
            NascopeError: the protocol's channels cannot be shared.
        """
        if protocol.channels % share:
            raise NascopeError(f"{protocol.channels} channels cannot be parted into {share} equal shares")
        shape = {"channels": protocol.channels, "layers": protocol.cells, "classes": dataset.classes}
        return _CellSupernet(self.candidates, **shape, in_channels=dataset.channels, share=share)

    def place(self, edge: int) -> tuple[str, int]:
        """See :class:`SearchedSpace`."""
        return KINDS[edge // len(self.pairs)], edge % len(self.pairs)

    def text(self, codes: Sequence[int]) -> str:
        """See :class:`SearchedSpace`."""
        cells = []
        for start in (0, len(self.pairs)):
            edges = [
                (self.choices[start + place][codes[start + place]], source)
                for place, (source, _) in enumerate(self.pairs)
                if codes[start + place] >= 0
            ]
            cells.append(Cell(tuple(edges), tuple(range(2, self.nodes + 2))))
        return str(Genotype(*cells))

    def strongest(self, strengths: Tensor) -> list[int]:
        """See :class:`SearchedSpace`; ties go to the first edge and candidate."""
        best = [self._best(edge, row) for edge, row in enumerate(strengths.tolist())]
        codes = [-1] * len(self.choices)
        for arriving in self.arriving():
            for edge in sorted(arriving, key=lambda edge: -best[edge][1])[:2]:
                codes[edge] = best[edge][0]
        return codes

    def _best(self, edge: int, strengths: Sequence[float]) -> tuple[int, float]:
        """The strongest candidate of an edge that is not ``none``, and its strength."""
        present = [(k, strengths[k]) for k, name in enumerate(self.choices[edge]) if name != "none"]
        return max(present, key=lambda pair: pair[1])

    def arriving(self) -> list[list[int]]:
        """Edges that arrive at each node, of normal and then of reduction cells."""
        return [
            [start + place for place, (_, target) in enumerate(self.pairs) if target == node]
            for start in (0, len(self.pairs))
            for node in range(2, self.nodes + 2)
        ]

    def random_codes(self, random: torch.Generator) -> list[int]:
        """Two edges a node and an operation on each, uniformly."""
        codes = [-1] * len(self.choices)
        for arriving in self.arriving():
            for number in torch.randperm(len(arriving), generator=random)[:2].tolist():
                edge = arriving[number]
                present = [k for k, name in enumerate(self.choices[edge]) if name != "none"]
                codes[edge] = present[int(torch.randint(len(present), (), generator=random))]
        return codes

    def random_path(self, random: torch.Generator, cells: int) -> Tensor:
        """One cell for all cells of a type (Li & Talwalkar 2019)."""
        return torch.tensor(self.random_codes(random))
