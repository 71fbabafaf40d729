"""All cells of the NAS-Bench-201 space: their official order, samples, neighbours and mutations."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nascope.errors import NascopeError
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of

#: The shuffle that gave the 15,625 cells their official indices.
OFFICIAL_ORDER_SEED = 88
#: Cells with more nodes (5 ** 10 and up) are sampled, not listed.
ENUMERABLE_NODES = 4


def enumerate_cells(nodes: int) -> list[NasBench201Cell]:
    """All ``5 ** edges`` cells; for four nodes in the benchmark's official index order.

    Raises:
        NascopeError: fewer than two or more than :data:`ENUMERABLE_NODES` nodes.
    """
    if not 2 <= nodes <= ENUMERABLE_NODES:
        raise NascopeError(f"cannot enumerate cells with {nodes} nodes: choose 2, 3 or 4, or sample")
    cells = [NasBench201Cell(ops) for ops in itertools.product(PRIMITIVES, repeat=len(edges_of(nodes)))]
    if nodes == 4:
        random.Random(OFFICIAL_ORDER_SEED).shuffle(cells)
    return cells


def cell_codes(cells: Sequence[NasBench201Cell]) -> np.ndarray:
    """Operations as indices of :data:`PRIMITIVES`, (cells, edges)."""
    return np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in cells])


@lru_cache
def official_indices(nodes: int) -> dict[NasBench201Cell, int]:
    """Index of each cell in :func:`enumerate_cells`."""
    return {cell: index for index, cell in enumerate(enumerate_cells(nodes))}


def sample(rng: np.random.Generator, nodes: int = 4) -> NasBench201Cell:
    """One cell uniformly at random."""
    return NasBench201Cell(tuple(PRIMITIVES[i] for i in rng.integers(len(PRIMITIVES), size=len(edges_of(nodes)))))


def neighbours(cell: NasBench201Cell, edge: int) -> list[NasBench201Cell]:
    """The four cells that differ in the operation of one edge (Wan et al. 2022, section 3)."""
    return [cell.replace_edge(edge, op) for op in PRIMITIVES if op != cell.ops[edge]]


def mutation_edge(rng: np.random.Generator, nodes: int) -> int:
    """The edge that regularized evolution changes: a node uniformly, then one of its edges, as in the benchmark's code.

    Edges into early nodes are therefore drawn more often (probabilities 1/3, 1/6, 1/6, 1/9, 1/9, 1/9 with four nodes).
    """
    target = int(rng.integers(1, nodes))
    return edges_of(nodes).index((int(rng.integers(target)), target))
