"""Edges of the complete two-input cell, in which every node reads every earlier state."""

from __future__ import annotations


def nodes_of(edges: int) -> int:
    """Intermediate nodes of the complete two-input cell with this number of edges."""
    return next(nodes for nodes in range(edges + 1) if nodes * (nodes + 3) // 2 == edges)


def complete_edges(nodes: int) -> list[tuple[int, int]]:
    """(source state, node) of every edge, node by node (14 edges for four nodes)."""
    return [(source, node) for node in range(2, nodes + 2) for source in range(node)]
