"""Frequent motifs of the important parts of cells (Wan et al. 2022, section 4): exact and complete.

All subgraphs of the cells are listed (:mod:`nascope.analysis.subgraphs`), also those in which two paths meet, which the
published miner misses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd

from nascope.analysis.subgraphs import CellGraph, Motif, is_rooted, motifs_in, nodes_in, text_of
from nascope.spaces.nasbench201 import edges_of


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
    return {m: count for m, count in counts.items() if count >= least and nodes[0] <= nodes_in(m) <= nodes[1]}


def motif_table(
    wholes: Sequence[CellGraph],
    important: Sequence[Sequence[int]],
    *,
    support: float,
    fewest: int,
    draws: int,
    seed: int,
    split: bool,
) -> pd.DataFrame:
    """Frequent motifs of the important parts of cells, and how often they occur in random parts of the same cells.

    Args:
        wholes: the cells.
        important: indices of each cell's important edges.
        support: smallest share of the cells.
        fewest: smallest number of cells, where the share is fewer.
        draws: random parts of each cell. Each has as many edges as the important part.
        seed: of the random parts.
        split: as coded, a random part has any smaller number of edges, because the published code splits the edges of a
            two-cell genotype between its cells. Cells of NAS-Bench-201 keep all of them there, too.

    Returns:
        A ``motifs`` table without ``space``, by decreasing ratio of support to incidence in random parts. Incidences of
        zero count as half an occurrence in all draws, so that ratios are finite.
    """
    found = mine(
        [graph.part(chosen) for graph, chosen in zip(wholes, important, strict=True)], support=support, fewest=fewest
    )
    sizes = [(graph, len(chosen)) for graph, chosen in zip(wholes, important, strict=True) if len(chosen)]
    rounds = [cell for _, cell in product(range(draws), sizes)]
    fair = _occurrences(_random_parts(rounds, [seed, 0]), found, induced=False)
    # The published code looks for induced subgraphs in its random parts.
    coded_parts = _smaller_parts if split else _random_parts
    as_coded = _occurrences(coded_parts(rounds, [seed, 1]), found, induced=True)
    cells = len(wholes)
    table = pd.DataFrame(
        {
            "motif": [text_of(motif) for motif in found],
            "nodes": [nodes_in(motif) for motif in found],
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


def _random_parts(rounds: Sequence[tuple[CellGraph, int]], seed: Sequence[int]) -> Iterator[CellGraph]:
    rng = np.random.default_rng(seed)
    for graph, edges in rounds:
        yield graph.part(rng.choice(len(graph.edges), size=edges, replace=False))


def _smaller_parts(rounds: Sequence[tuple[CellGraph, int]], seed: Sequence[int]) -> Iterator[CellGraph]:
    rng = np.random.default_rng(seed)
    for graph, edges in rounds:
        yield graph.part(rng.choice(len(graph.edges), size=int(rng.integers(edges)), replace=False))


def _occurrences(graphs: Iterator[CellGraph], motifs: Collection[Motif], *, induced: bool) -> Counter[Motif]:
    """In how many graphs each motif occurs."""
    counts: Counter[Motif] = Counter()
    for graph in graphs:
        counts.update(motif for motif in motifs_in(graph, induced=induced) if motif in motifs)
    return counts


def nasbench201_motifs(
    importance: pd.DataFrame, *, threshold: float, support: float, fewest: int, draws: int, seed: int
) -> pd.DataFrame:
    """A ``motifs`` table of the top cells of NAS-Bench-201.

    Args:
        importance: an ``importance`` table of four-node cells.
        threshold: importance (error fraction) from which an edge counts as important.
        support: see :func:`motif_table`, also for the other arguments.
        fewest: as there.
        draws: as there.
        seed: as there.
    """
    ends = edges_of(4)
    top = importance[(importance["subset"] == "top") & (importance["primitive"] != "none")]
    wholes, important = [], []
    for _, cell in top.groupby("index", sort=True):
        edges = tuple((*ends[row.edge], row.primitive) for row in cell.itertuples())
        wholes.append(CellGraph(edges, {0: "input", 3: "output"}))
        important.append(_important(cell, threshold))
    table = motif_table(wholes, important, support=support, fewest=fewest, draws=draws, seed=seed, split=False)
    return table.assign(space="NAS-Bench-201")


def darts_motifs(
    importance: pd.DataFrame, *, threshold: float, support: float, fewest: int, draws: int, seed: int
) -> pd.DataFrame:
    """A ``motifs`` table of the normal cells of the top genotypes of the DARTS space.

    Args:
        importance: a ``genotype_importance`` table.
        threshold: importance (error fraction) from which an edge counts as important.
        support: see :func:`motif_table`, also for the other arguments.
        fewest: as there.
        draws: as there.
        seed: as there.
    """
    top = importance[(importance["subset"] == "top") & (importance["cell_type"] == "normal")]
    wholes, important = [], []
    for _, cell in top.groupby("genotype", sort=False):
        edges = tuple((row.source, row.edge // 2 + 2, row.primitive) for row in cell.itertuples())
        wholes.append(CellGraph(edges, {0: "input1", 1: "input2"}))
        important.append(_important(cell, threshold))
    table = motif_table(wholes, important, support=support, fewest=fewest, draws=draws, seed=seed, split=True)
    return table.assign(space="DARTS")


def _important(cell: pd.DataFrame, threshold: float) -> list[int]:
    return [int(edge) for edge in np.flatnonzero(cell["importance"] >= threshold)]
