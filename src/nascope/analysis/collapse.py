"""Collapse of supernet searches: skip connections in published searches, and in cells that nobody searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import Genotype

#: What makes a published search.
RUN = ["space", "dataset", "job", "drop_path", "weight_decay", "seed"]
_DRAWS = 2000
_SKIP = "skip_connect"


def skips_of(genotypes: pd.Series) -> pd.Series:
    """Skip connections among the eight operations of each normal cell."""
    known = {text: sum(op == _SKIP for op, _ in Genotype.parse(text).normal.edges) for text in genotypes.unique()}
    return genotypes.map(known)


def finished_runs(supernets: pd.DataFrame) -> pd.DataFrame:
    """Skips along searches that reached the last epoch: a row per search (index :data:`RUN`), a column per epoch."""
    table = supernets.assign(skips=skips_of(supernets["genotype"]))
    return table.pivot_table(index=RUN, columns="epoch", values="skips").dropna()


def regularised(table: pd.DataFrame, drop_path: float, weight_decay: float) -> pd.DataFrame:
    """Rows of searches with this regularisation, by the index's or the columns' ``drop_path`` and ``weight_decay``."""
    keys = table.reset_index() if "drop_path" in table.index.names else table
    chosen = np.isclose(keys["drop_path"], drop_path) & np.isclose(keys["weight_decay"], weight_decay)
    return table[chosen]


def chance_skips(
    edges: Sequence[Sequence[str]], nodes: int, groups: Mapping[str, Sequence[str]] | None = None
) -> float:
    """Mean skips of a normal cell whose architecture parameters are noise: what a search finds that learns nothing.

    Args:
        edges: candidates of every edge of the complete cell, node by node.
        nodes: intermediate nodes.
        groups: StacNAS' operator groups: representatives compete first, then the members of each edge's winner, both by
            their logits, as in its code. None: all candidates compete at once, by their softmax weights (DARTS).
    """
    rng = np.random.default_rng(0)
    arriving = [
        [place for place, (_, to) in enumerate(complete_edges(nodes)) if to == node + 2] for node in range(nodes)
    ]
    skips = 0
    for _ in range(_DRAWS):
        found = [
            _softmax_best(rng, edge) if groups is None else _best(rng, _members(rng, edge, groups)) for edge in edges
        ]
        for places in arriving:
            kept = sorted(places, key=lambda place: -found[place][0])[:2]
            skips += sum(found[place][1] == _SKIP for place in kept)
    return skips / _DRAWS


def _softmax_best(rng: np.random.Generator, candidates: Sequence[str]) -> tuple[float, str]:
    """Largest softmax weight of a candidate that is not ``none``, and that candidate."""
    logits = rng.normal(size=len(candidates))
    return _named(np.exp(logits) / np.exp(logits).sum(), candidates)


def _best(rng: np.random.Generator, candidates: Sequence[str]) -> tuple[float, str]:
    """Largest logit of a candidate that is not ``none``, and that candidate."""
    return _named(rng.normal(size=len(candidates)), candidates)


def _named(strengths: np.ndarray, candidates: Sequence[str]) -> tuple[float, str]:
    return max((one, name) for one, name in zip(strengths.tolist(), candidates, strict=True) if name != "none")


def _members(rng: np.random.Generator, edge: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Members of the group that wins an edge."""
    present = {group: [name for name in members if name in edge] for group, members in groups.items()}
    won = _best(rng, [group for group, members in present.items() if members])[1]
    return present[won]
