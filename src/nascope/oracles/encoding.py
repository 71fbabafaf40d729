"""Genotypes of the DARTS space as numbers, for models that are fitted to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.genotype import Cell, Genotype

_NODES = darts.SPACE.nodes
_EDGES = [(source, node) for node in range(_NODES) for source in range(node + 2)]
_SUMMARY = len(darts.PRIMITIVES) + 2  # numbers of operations, width and depth come last
_OPERATIONS = {op: number for number, op in enumerate(darts.PRIMITIVES)}
#: Place of the edge that joins a source to the node of each of a cell's eight inputs.
_PLACES = np.array([[_EDGES.index((s, k // 2)) if s < k // 2 + 2 else 0 for s in range(5)] for k in range(2 * _NODES)])


def encode(genotypes: Sequence[Genotype]) -> np.ndarray:
    """Features of genotypes, the normal cell's first, (genotypes, 214).

    For each cell: how often each of the 7 operations is on each of the 14 possible edges (98 features), how often it
    occurs at all (7), and the cell's width (in c) and depth (2). The order of a node's two inputs does not matter.

    Raises:
        NascopeError: a genotype outside the DARTS space, or with ``none``.
    """
    return np.hstack([_features([getattr(genotype, kind) for genotype in genotypes]) for kind in _kinds(genotypes)])


def cell_features(cells: Sequence[Cell]) -> np.ndarray:
    """Numbers of all operations but one (the eight of a cell leave it no freedom), width and depth, (cells, 8)."""
    return _features(cells)[:, -_SUMMARY + 1 :]


def _kinds(genotypes: Sequence[Genotype]) -> tuple[str, str]:
    """The two cells, after a check that they belong to the space."""
    for genotype in genotypes:
        for cell in (genotype.normal, genotype.reduce):
            if len(cell.edges) != 2 * _NODES or any(op not in _OPERATIONS for op, _ in cell.edges):
                darts.SPACE.check(genotype)
                raise NascopeError("the surrogate does not know disabled edges (none)")
    return "normal", "reduce"


def _features(cells: Sequence[Cell]) -> np.ndarray:
    """Features of cells, (cells, 107)."""
    operations = np.array([[_OPERATIONS[op] for op, _ in cell.edges] for cell in cells])
    sources = np.array([[source for _, source in cell.edges] for cell in cells])
    kept = np.array([[node + 2 in cell.concat for node in range(_NODES)] for cell in cells])
    counts = np.zeros((len(cells), len(_EDGES), len(_OPERATIONS)))
    rows = np.arange(len(cells))
    for edge in range(2 * _NODES):
        counts[rows, _PLACES[edge, sources[:, edge]], operations[:, edge]] += 1
    shape = np.column_stack([(sources < 2).sum(axis=1) / 2, _depths(sources, kept)])
    return np.hstack([counts.reshape(len(cells), -1), counts.sum(axis=1), shape])


def _depths(sources: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Depth of each cell (:func:`nascope.spaces.topology.depth`) from its sources, (cells,).

    Args:
        sources: (cells, 8).
        kept: whether each node is concatenated, (cells, 4).
    """
    longest = np.zeros((len(sources), _NODES + 2), dtype=int)
    rows = np.arange(len(sources))
    for node in range(_NODES):
        first, second = sources[:, 2 * node], sources[:, 2 * node + 1]
        longest[:, node + 2] = 1 + np.maximum(longest[rows, first], longest[rows, second])
    return np.asarray(1 + np.where(kept, longest[:, 2:], 0).max(axis=1))
