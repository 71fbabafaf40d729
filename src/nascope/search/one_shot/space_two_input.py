"""Spaces of two-input cells as one-shot searches see them: data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.networks.mixes import Code, Codes, kept
from nascope.networks.supernet import Supernet
from nascope.search.one_shot.space import KINDS, SearchedSpace
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import Cell, Genotype
from nascope.training.protocol import Protocol


class TwoInputSpace(SearchedSpace):
    """A space of two-input cells: the candidates of every edge of the complete cell.

    Edges of normal cells come first. Each node keeps the two edges whose best candidate is strongest; ``none`` may
    compete, but is never chosen (Liu et al. 2019).

    Args:
        nodes: intermediate nodes per cell.
        candidates: for ``normal`` and ``reduce``, the primitives of every edge, node by node.
    """

    def __init__(self, nodes: int, candidates: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.nodes, self.pairs = nodes, complete_edges(nodes)
        self.candidates = {kind: tuple(tuple(edge) for edge in candidates[kind]) for kind in KINDS}
        self.choices = (*self.candidates["normal"], *self.candidates["reduce"])

    @classmethod
    def of(cls, spec: SpaceSpec) -> TwoInputSpace:
        """The space that a configuration describes."""
        return cls(spec.nodes, spec.candidates())

    def supernet(self, protocol: Protocol, dataset: Dataset, share: int = 1) -> Supernet:
        """See :class:`SearchedSpace`.

        Raises:
            NascopeError: the protocol's channels cannot be divided into equal shares.
        """
        if protocol.channels % share:
            raise NascopeError(f"{protocol.channels} channels cannot be divided into {share} equal shares")
        return Supernet(
            self.candidates,
            channels=protocol.channels,
            layers=protocol.cells,
            classes=dataset.classes,
            in_channels=dataset.channels,
            share=share,
        )

    def place(self, edge: int) -> tuple[str, int]:
        """See :class:`SearchedSpace`."""
        return KINDS[edge // len(self.pairs)], edge % len(self.pairs)

    def text(self, codes: Codes) -> str:
        """See :class:`SearchedSpace`."""
        cells = []
        for start in (0, len(self.pairs)):
            edges = [
                (self.choices[start + place][number], source)
                for place, (source, _) in enumerate(self.pairs)
                for number in kept(codes[start + place])
            ]
            cells.append(Cell(tuple(edges), tuple(range(2, self.nodes + 2))))
        return str(Genotype(*cells))

    def strongest(self, strengths: Tensor) -> list[int]:
        """See :class:`SearchedSpace`; of equals the first edge and candidate is taken."""
        best = [self._best(edge, row) for edge, row in enumerate(strengths.tolist())]
        codes = [-1] * len(self.choices)
        for arriving in self.arriving():
            for edge in sorted(arriving, key=lambda edge: -best[edge][1])[:2]:
                codes[edge] = best[edge][0]
        return codes

    def strongest_pairs(self, strengths: Tensor) -> list[Code]:
        """The cell of the two strongest pairs of an operation and an edge in every node (Dong & Yang 2019, GDAS).

        Unlike :meth:`strongest`, a node may keep two operations of one edge; of equals the first pair is taken.
        """
        rows, pairs = strengths.tolist(), []
        for arriving in self.arriving():
            found = [(edge, number) for edge in arriving for number in self._operations(edge)]
            pairs += sorted(found, key=lambda pair: -rows[pair[0]][pair[1]])[:2]
        return [tuple(number for place, number in pairs if place == edge) for edge in range(len(self.choices))]

    def _best(self, edge: int, strengths: Sequence[float]) -> tuple[int, float]:
        """The strongest candidate of an edge that is not ``none``, and its strength."""
        return max(((k, strengths[k]) for k in self._operations(edge)), key=lambda pair: pair[1])

    def _operations(self, edge: int) -> Iterator[int]:
        """Numbers of an edge's candidates that are not ``none``."""
        return (k for k, name in enumerate(self.choices[edge]) if name != "none")

    def arriving(self) -> list[list[int]]:
        """See :class:`SearchedSpace`; nodes of normal cells first."""
        return [
            [start + place for place, (_, target) in enumerate(self.pairs) if target == node]
            for start in (0, len(self.pairs))
            for node in range(2, self.nodes + 2)
        ]

    def random_codes(self, random: torch.Generator) -> list[int]:
        """Two edges per node and an operation on each, uniformly."""
        codes = [-1] * len(self.choices)
        for arriving in self.arriving():
            for number in torch.randperm(len(arriving), generator=random)[:2].tolist():
                operations = list(self._operations(arriving[number]))
                codes[arriving[number]] = operations[int(torch.randint(len(operations), (), generator=random))]
        return codes
