"""Genotypes without some of their operations, and the order of removal (Wan et al. 2022, section 4)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nascope.spaces.genotype import Genotype

ORDERS = ("most important first", "least important first")


def removal_order(importance: np.ndarray, order: str) -> np.ndarray:
    """Edges in the order of their removal.

    Of equal importances, the earlier edge goes first in the order of least importance, the later one in the other.

    Args:
        importance: of each edge.
        order: one of :data:`ORDERS`.
    """
    ascending = np.argsort(importance, kind="stable")
    return ascending[::-1] if order == ORDERS[0] else ascending


def without(genotype: Genotype, edges: Iterable[int]) -> Genotype:
    """A genotype with ``none`` on some edges; edges of the reduction cell are numbered after the normal cell's."""
    normal, reduce = genotype.normal, genotype.reduce
    for edge in edges:
        if edge < len(normal.edges):
            normal = normal.replace_edge(edge, ("none", normal.edges[edge][1]))
        else:
            place = edge - len(normal.edges)
            reduce = reduce.replace_edge(place, ("none", reduce.edges[place][1]))
    return Genotype(normal, reduce)
