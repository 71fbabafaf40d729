"""Spaces of two-input cells: a number of nodes and a set of primitives, and the moves inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nascope.errors import NascopeError
from nascope.spaces.genotype import Cell, Edge, Genotype


@dataclass(frozen=True)
class CellSpace:
    """All genotypes with ``nodes`` intermediate nodes per cell and operations from ``primitives``.

    Attributes:
        name: of the space in configurations and tables.
        nodes: intermediate nodes per cell.
        primitives: operations that samples and neighbours have. ``none`` is not among them: genotypes with disabled
            edges belong to the space (ablation makes them), but are neither samples nor neighbours (Wan et al. 2022).
    """

    name: str
    nodes: int
    primitives: tuple[str, ...]

    def check(self, genotype: Genotype) -> Genotype:
        """The genotype itself if it belongs to the space (``none`` allowed).

        Raises:
            NascopeError: naming the cell and the edge that does not fit.
        """
        for name, cell in (("normal", genotype.normal), ("reduce", genotype.reduce)):
            if cell.nodes != self.nodes:
                raise NascopeError(f"{name} cell has {cell.nodes} nodes, the {self.name} space has {self.nodes}")
            for index, (op, _) in enumerate(cell.edges):
                if op not in (*self.primitives, "none"):
                    raise NascopeError(f"{name} cell, edge {index}: {op} is not in the {self.name} space")
        return genotype

    def sample(self, rng: np.random.Generator) -> Genotype:
        """One genotype: two distinct sources per node and operations, all uniform; the two cells are independent."""
        return Genotype(self.sample_cell(rng), self.sample_cell(rng))

    def sample_cell(self, rng: np.random.Generator, primitives: Sequence[str] = ()) -> Cell:
        """One cell, its operations from ``primitives`` (default: the space's own)."""
        choices = tuple(primitives) or self.primitives
        edges: list[Edge] = []
        for node in range(self.nodes):
            for source in rng.choice(node + 2, size=2, replace=False):
                edges.append((choices[int(rng.integers(len(choices)))], int(source)))
        return Cell(tuple(edges), tuple(range(2, self.nodes + 2)))

    def neighbours(self, genotype: Genotype, cell_type: str, edge: int) -> list[Genotype]:
        """The genotypes that differ in one edge: those with other operations first, then those with other sources.

        The two sources of a node stay distinct, so an edge of node ``l`` (from 0) has ``6 + l`` neighbours in the DARTS
        space (Wan et al. 2022, section 3).

        Args:
            genotype: the centre.
            cell_type: ``"normal"`` or ``"reduce"``.
            edge: index of the edge in that cell.
        """
        cell: Cell = getattr(genotype, cell_type)
        op, source = cell.edges[edge]
        sibling = cell.edges[edge ^ 1][1]
        moved: list[Edge] = [(other, source) for other in self.primitives if other != op]
        moved += [(op, state) for state in range(edge // 2 + 2) if state not in (source, sibling)]
        return [_with(genotype, cell_type, cell.replace_edge(edge, new)) for new in moved]


def random_connections(genotype: Genotype, seed: int) -> Genotype:
    """Redraw every source uniformly from the earlier states, repeats allowed; operations stay.

    Uses numpy's legacy generator in the order of the code of Shu et al. (2020): normal, then reduction, edge by edge.
    Seeds 1 to 10 therefore give the connection variants that the authors published.
    """
    rng = np.random.RandomState(seed)
    normal: list[Edge] = []
    reduce: list[Edge] = []
    pairs = zip(genotype.normal.edges, genotype.reduce.edges, strict=True)
    for index, ((normal_op, _), (reduce_op, _)) in enumerate(pairs):
        states = range(index // 2 + 2)
        normal.append((normal_op, int(rng.choice(states))))
        reduce.append((reduce_op, int(rng.choice(states))))
    return Genotype(Cell(tuple(normal), genotype.normal.concat), Cell(tuple(reduce), genotype.reduce.concat))


def random_operations(genotype: Genotype, seed: int, primitives: Sequence[str]) -> Genotype:
    """Redraw every operation uniformly, the normal cell's first; connections stay.

    Uses numpy's legacy generator as the code of Shu et al. (2020) does. What a seed gives depends on the order of
    ``primitives``.
    """
    rng = np.random.RandomState(seed)

    def redraw(cell: Cell) -> Cell:
        return Cell(tuple((str(rng.choice(primitives)), source) for _, source in cell.edges), cell.concat)

    normal = redraw(genotype.normal)
    return Genotype(normal, redraw(genotype.reduce))


def _with(genotype: Genotype, cell_type: str, cell: Cell) -> Genotype:
    return Genotype(cell, genotype.reduce) if cell_type == "normal" else Genotype(genotype.normal, cell)
