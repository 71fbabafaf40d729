"""Edges of the complete two-input cell, known without torch."""

from __future__ import annotations


def nodes_of(edges: int) -> int:
    """Nodes of the complete two-input cell with so many edges."""
    return next(nodes for nodes in range(edges + 1) if nodes * (nodes + 3) // 2 == edges)


def complete_edges(nodes: int) -> list[tuple[int, int]]:
    """(source state, node) of every edge of a two-input cell, node by node (14 for four nodes)."""
    return [(source, node) for node in range(2, nodes + 2) for source in range(node)]
