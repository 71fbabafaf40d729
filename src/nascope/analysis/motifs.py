"""Frequent subgraphs of the important parts of cells (Wan et al. 2022, section 4): exact and complete.

A cell is a directed graph whose edges carry operations; inputs and outputs are distinguished, other nodes are not. A
motif is a connected subgraph up to the numbering of its undistinguished nodes, not necessarily induced. Cells have so
few edges that all their subgraphs can be listed, also those in which two paths meet, which the published miner misses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations, product

import numpy as np
import pandas as pd

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

    edges: tuple[tuple[int, int, str], ...]
    names: Mapping[int, str]

    def part(self, chosen: Iterable[int]) -> CellGraph:
        """The graph of some of the edges."""
        return CellGraph(tuple(self.edges[index] for index in chosen), self.names)


def motifs_in(graph: CellGraph, *, induced: bool = False) -> set[Motif]:
    """All motifs that a graph contains.

    Args:
        graph: at most about a dozen edges; all their subsets are looked at.
        induced: only subgraphs that hold every edge between their nodes.
    """
    found = set()
    for chosen in _edge_sets(graph, induced=induced):
        if _connected(chosen):
            found.add(_canonical(chosen, tuple(sorted(graph.names.items()))))
    return found


def _edge_sets(graph: CellGraph, *, induced: bool) -> Iterator[tuple[tuple[int, int, str], ...]]:
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


def _connected(edges: Sequence[tuple[int, int, str]]) -> bool:
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
def _canonical(edges: tuple[tuple[int, int, str], ...], names: tuple[tuple[int, str], ...]) -> Motif:
    """The smallest list of named edges over all namings of the undistinguished nodes."""
    known = dict(names)
    free = sorted({node for source, target, _ in edges for node in (source, target)} - set(known))
    letters = [chr(ord("a") + place) for place in range(len(free))]
    candidates = []
    for order in permutations(letters):
        naming = {**known, **dict(zip(free, order, strict=True))}
        candidates.append(tuple(sorted((naming[source], naming[target], op) for source, target, op in edges)))
    return min(candidates)


def is_rooted(motif: Motif) -> bool:
    """Whether a motif is an out-tree, all that the published miner finds: one root, every other node entered once."""
    entered = Counter(target for _, target, _ in motif)
    nodes = {node for source, target, _ in motif for node in (source, target)}
    return max(entered.values()) == 1 and len(nodes) - len(entered) == 1 and len(motif) == len(nodes) - 1


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


def mine(
    graphs: Sequence[CellGraph], *, support: float, fewest: int = 1, nodes: tuple[int, int] = (2, 6)
) -> dict[Motif, int]:
    """Motifs that occur in at least a share of the graphs, with the number of graphs that contain them.

    Args:
        graphs: where to look.
        support: smallest share of the graphs.
        fewest: smallest number of graphs, where the share is fewer.
        nodes: fewest and most nodes of a motif.
    """
    counts = Counter(motif for graph in graphs if graph.edges for motif in motifs_in(graph))
    least = max(fewest, round(support * len(graphs)))
    sizes = {motif: len({node for source, target, _ in motif for node in (source, target)}) for motif in counts}
    return {motif: count for motif, count in counts.items() if count >= least and nodes[0] <= sizes[motif] <= nodes[1]}


def motif_table(
    wholes: Sequence[CellGraph],
    important: Sequence[Sequence[int]],
    *,
    support: float,
    fewest: int,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Frequent motifs of the important parts of cells, and how often they occur in random parts of the same cells.

    Args:
        wholes: the cells.
        important: indices of each cell's important edges.
        support: smallest share of the cells.
        fewest: smallest number of cells, where the share is fewer.
        draws: random parts of each cell; each has as many edges as the important part, or, as coded, fewer: any
            number below.
        seed: of the random parts.

    Returns:
        A ``motifs`` table without ``space``, by decreasing ratio of support to incidence in random parts. Incidences of
        zero count as half an occurrence in all draws, so that ratios are finite.
    """
    parts = [graph.part(chosen) for graph, chosen in zip(wholes, important, strict=True)]
    found = mine(parts, support=support, fewest=fewest)
    rng, as_coded_rng = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    fair, as_coded = Counter(), Counter()
    for _, (graph, chosen) in product(range(draws), zip(wholes, important, strict=True)):
        if not len(chosen):
            continue
        fair.update(motifs_in(_random_part(graph, len(chosen), rng)) & found.keys())
        # The published code splits the edges between normal and reduction cell, and looks for induced subgraphs.
        fewer = _random_part(graph, int(as_coded_rng.integers(len(chosen))), as_coded_rng)
        as_coded.update(motifs_in(fewer, induced=True) & found.keys())
    cells = len(wholes)
    table = pd.DataFrame(
        {
            "motif": [text_of(motif) for motif in found],
            "nodes": [len({node for s, t, _ in motif for node in (s, t)}) for motif in found],
            "edges": [len(motif) for motif in found],
            "rooted": [is_rooted(motif) for motif in found],
            "cells": cells,
            "support": [count / cells for count in found.values()],
            "incidence": [max(fair[motif], 0.5) / (draws * cells) for motif in found],
            "incidence_as_coded": [max(as_coded[motif], 0.5) / (draws * cells) for motif in found],
        }
    )
    table = table.assign(
        ratio=table["support"] / table["incidence"], ratio_as_coded=table["support"] / table["incidence_as_coded"]
    )
    return table.sort_values(["ratio", "motif"], ascending=[False, True], ignore_index=True)


def _random_part(graph: CellGraph, edges: int, rng: np.random.Generator) -> CellGraph:
    return graph.part(rng.choice(len(graph.edges), size=edges, replace=False))


def nasbench201_motifs(importance: pd.DataFrame, *, threshold: float, **options: float) -> pd.DataFrame:
    """A ``motifs`` table of the top cells of NAS-Bench-201.

    Args:
        importance: an ``importance`` table of four-node cells.
        threshold: importance (error fraction) from which an edge counts as important.
        options: of :func:`motif_table`.
    """
    ends = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
    top = importance[(importance["subset"] == "top") & (importance["primitive"] != "none")]
    wholes, important = [], []
    for _, cell in top.groupby("index", sort=True):
        edges = tuple((*ends[row.edge], row.primitive) for row in cell.itertuples())
        wholes.append(CellGraph(edges, {0: "input", 3: "output"}))
        important.append(np.flatnonzero(cell["importance"] >= threshold))
    return motif_table(wholes, important, **options).assign(space="NAS-Bench-201")


def darts_motifs(importance: pd.DataFrame, *, threshold: float, **options: float) -> pd.DataFrame:
    """A ``motifs`` table of the normal cells of the top genotypes of the DARTS space.

    Args:
        importance: a ``genotype_importance`` table.
        threshold: importance (error fraction) from which an edge counts as important.
        options: of :func:`motif_table`.
    """
    top = importance[(importance["subset"] == "top") & (importance["cell_type"] == "normal")]
    wholes, important = [], []
    for _, cell in top.groupby("genotype", sort=False):
        edges = tuple((row.source, row.edge // 2 + 2, row.primitive) for row in cell.itertuples())
        wholes.append(CellGraph(edges, {0: "input1", 1: "input2"}))
        important.append(np.flatnonzero(cell["importance"] >= threshold))
    return motif_table(wholes, important, **options).assign(space="DARTS")
