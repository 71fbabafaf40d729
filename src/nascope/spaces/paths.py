"""Cells as sets of paths (White, Neiswanger & Savani 2021, section 3)."""

from __future__ import annotations

import numpy as np

from nascope.spaces.nasbench201 import PRIMITIVES, edges_of, nodes_of


def path_encoding(codes: np.ndarray) -> np.ndarray:
    """Which sequences of operations lead from the input to the output of each NAS-Bench-201 cell.

    Args:
        codes: (cells, edges) operations as indices of ``PRIMITIVES``.

    Returns:
        (cells, sequences) of 0 and 1. Paths with ``none`` lead nowhere; sequences that no cell has are left out.
    """
    nodes, base = nodes_of(codes.shape[1]), len(PRIMITIVES)
    features = [np.zeros((len(codes), base**length)) for length in range(1, nodes)]
    for path in _paths(0, nodes):
        operations = codes[:, path]
        number = operations @ base ** np.arange(len(path))
        reaches = (operations != PRIMITIVES.index("none")).all(axis=1)
        features[len(path) - 1][np.flatnonzero(reaches), number[reaches]] = 1.0
    encoded = np.concatenate(features, axis=1)
    return encoded[:, encoded.any(axis=0)]


def _paths(node: int, nodes: int) -> list[list[int]]:
    """Edges of every path from a node to the last one."""
    if node == nodes - 1:
        return [[]]
    leaving = [(edge, target) for edge, (source, target) in enumerate(edges_of(nodes)) if source == node]
    return [[edge, *rest] for edge, target in leaving for rest in _paths(target, nodes)]
