"""Subgraphs of cells, up to the numbering of undistinguished nodes.

A cell is a directed graph whose edges carry operations; inputs and outputs are distinguished, other nodes are not. A
motif is a connected subgraph up to the numbering of its undistinguished nodes, not necessarily induced. Cells have so
few edges that all their subgraphs can be listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations

#: (source, target, operation), nodes by number.
Edge = tuple[int, int, str]
#: (source, target, operation), nodes by name: ``a``, ``b``, ... for undistinguished ones.
NamedEdge = tuple[str, str, str]
Motif = tuple[NamedEdge, ...]


@dataclass(frozen=True)
class CellGraph:
    """A cell, or a part of it.

    Attributes:
        edges: (source, target, operation), nodes by number.
        names: of distinguished nodes.
    """

    edges: tuple[Edge, ...]
    names: Mapping[int, str]

    def part(self, chosen: Iterable[int]) -> CellGraph:
        """The graph of some of the edges."""
        return CellGraph(tuple(self.edges[index] for index in chosen), self.names)


def motifs_in(graph: CellGraph, *, induced: bool = False) -> set[Motif]:
    """All motifs that a graph contains.

    Args:
        graph: with at most about a dozen edges, because all subsets of them are looked at.
        induced: take only subgraphs that hold every edge between their nodes.
    """
    names = tuple(sorted(graph.names.items()))
    return {_canonical(chosen, names) for chosen in _edge_sets(graph, induced=induced) if _connected(chosen)}


def nodes_in(motif: Motif) -> int:
    """Number of nodes of a motif."""
    return len({node for source, target, _ in motif for node in (source, target)})


def is_rooted(motif: Motif) -> bool:
    """Whether a motif is an out-tree: one root, and every other node is entered once."""
    entered = Counter(target for _, target, _ in motif)
    nodes = nodes_in(motif)
    return max(entered.values()) == 1 and nodes - len(entered) == 1 and len(motif) == nodes - 1


def text_of(motif: Motif) -> str:
    """A motif as ``source -operation-> target; ...``."""
    return "; ".join(f"{source} -{op}-> {target}" for source, target, op in motif)


def parse_motif(text: str) -> Motif:
    """The motif of a text written by :func:`text_of`."""
    edges = []
    for part in text.split("; "):
        source, op, target = part.replace("-> ", "-").replace(" -", "-").split("-")
        edges.append((source, target, op))
    return tuple(edges)


def _edge_sets(graph: CellGraph, *, induced: bool) -> Iterator[tuple[Edge, ...]]:
    if not induced:
        for count in range(1, len(graph.edges) + 1):
            yield from combinations(graph.edges, count)
        return
    nodes = {node for source, target, _ in graph.edges for node in (source, target)}
    for count in range(2, len(nodes) + 1):
        for chosen in combinations(sorted(nodes), count):
            inside = tuple(edge for edge in graph.edges if edge[0] in chosen and edge[1] in chosen)
            if {node for source, target, _ in inside for node in (source, target)} == set(chosen):
                yield inside


def _connected(edges: Sequence[Edge]) -> bool:
    """Whether edges form one piece, directions aside."""
    reached = {edges[0][0], edges[0][1]}
    left = list(edges[1:])
    while left:
        touching = [edge for edge in left if edge[0] in reached or edge[1] in reached]
        if not touching:
            return False
        reached |= {node for source, target, _ in touching for node in (source, target)}
        left = [edge for edge in left if edge not in touching]
    return True


@cache
def _canonical(edges: tuple[Edge, ...], names: tuple[tuple[int, str], ...]) -> Motif:
    """The smallest list of named edges over all namings of the undistinguished nodes."""
    known = dict(names)
    free = sorted({node for source, target, _ in edges for node in (source, target)} - set(known))
    letters = [chr(ord("a") + place) for place in range(len(free))]
    candidates = []
    for order in permutations(letters):
        naming = {**known, **dict(zip(free, order, strict=True))}
        candidates.append(tuple(sorted((naming[source], naming[target], op) for source, target, op in edges)))
    return min(candidates)
