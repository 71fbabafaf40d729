"""What a surrogate predicts for genotypes that nobody trained: patterns, and cells with other operations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.analysis.importance import genotype_importance, importance_sets
from nascope.spaces import darts, patterns
from nascope.spaces.genotype import Genotype
from nascope.spaces.published import published_darts_cells
from nascope.spaces.reductions import exchange_reduction
from nascope.spaces.removal import ORDERS, removal_order
from nascope.spaces.topology import width

if TYPE_CHECKING:
    from nascope.oracles.surrogate import Surrogate

#: What is replaced in a ``replacements`` table beside single operations in :data:`ORDERS`.
REDUCTION = "reduction cell"
#: Group, and wiring, of published cells in a ``pattern_predictions`` table.
PUBLISHED = "published"
_DRAWS = 10


def predict_patterns(surrogate: Surrogate, *, per_group: int, seed: int) -> pd.DataFrame:
    """Predicted errors of pattern-constrained samples of every group, with both wirings, and of published cells.

    Args:
        surrogate: of the DARTS space.
        per_group: samples of each group and wiring.
        seed: of the samples.

    Returns:
        A ``pattern_predictions`` table.
    """
    drawn = {(PUBLISHED, PUBLISHED): [cell.genotype for cell in published_darts_cells()]}
    for wiring, (number, group) in product(("corrected", "as_coded"), enumerate(patterns.GROUPS)):
        rng = np.random.default_rng([seed, number])
        drawn[group, wiring] = [patterns.sample(rng, group, wiring) for _ in range(per_group)]
    rows = [(*key, str(genotype), width(genotype.normal)) for key, found in drawn.items() for genotype in found]
    genotypes = [genotype for found in drawn.values() for genotype in found]
    table = pd.DataFrame(rows, columns=["group", "wiring", "genotype", "width"])
    return table.assign(predicted=surrogate.error(genotypes), refits=list(surrogate.refits(genotypes)))


def predict_importance(surrogate: Surrogate, *, population: int, fraction: float, seed: int) -> pd.DataFrame:
    """Importance in the best and the worst of random genotypes, and in others.

    Refits are asked about the best alone, which claims are about: asking takes nearly all of the time.

    Args:
        surrogate: of the DARTS space.
        population: how many genotypes are drawn.
        fraction: share of them in each set.
        seed: of the draws.

    Returns:
        A ``genotype_importance`` table.
    """
    genotypes, labels = importance_sets(surrogate, darts.SPACE, population=population, fraction=fraction, seed=seed)
    sets = {True: surrogate.refits, False: None}
    tables = []
    for best, refits in sets.items():
        chosen = [place for place, label in enumerate(labels) if (label == "top") == best]
        names = [labels[place] for place in chosen]
        tables.append(
            genotype_importance(surrogate, [genotypes[place] for place in chosen], names, darts.SPACE, refits=refits)
        )
    return pd.concat(tables, ignore_index=True)


def predict_replacements(
    surrogate: Surrogate, importance: pd.DataFrame, published: pd.DataFrame, *, best: int, seed: int
) -> pd.DataFrame:
    """How predicted errors change when other operations, drawn at random, take the place of some.

    A surrogate does not know disabled edges, so that operations are replaced rather than removed; wirings are kept. As
    an order of its own, the whole reduction cell is replaced by random ones.

    Args:
        surrogate: of the DARTS space.
        importance: a ``genotype_importance`` table of the surrogate's top genotypes, and of others.
        published: one of published cells.
        best: how many of the top genotypes are edited, the best of them.
        seed: of the random replacements, of which the mean counts.

    Returns:
        A ``replacements`` table.
    """
    rng = np.random.default_rng(seed)
    top = importance[importance["subset"] == "top"].sort_values("error", kind="stable")
    top = top[top["genotype"].isin(top["genotype"].unique()[:best])]
    rows: list[tuple[str, str, str, int]] = []
    asked: list[Genotype] = []
    for (text, subset), operations in pd.concat([top, published]).groupby(["genotype", "subset"], sort=False):
        whole = Genotype.parse(text)
        for order in ORDERS:
            sequence = removal_order(operations["importance"].to_numpy(), order)
            for step in range(1, len(sequence) + 1):
                rows.append((text, subset, order, step))
                asked += [whole, *_replaced(whole, sequence[:step], rng)]
        rows.append((text, subset, REDUCTION, len(whole.reduce.edges)))
        asked += [whole, *(exchange_reduction(whole, "random", rng) for _ in range(_DRAWS))]
    columns = np.column_stack([surrogate.error(asked), surrogate.refits(asked)]).reshape(len(rows), _DRAWS + 1, -1)
    changes = columns[:, 1:].mean(axis=1) - columns[:, 0]
    table = pd.DataFrame(rows, columns=["genotype", "subset", "order", "step"])
    return table.assign(error=columns[:, 0, 0], change=changes[:, 0], refits=list(changes[:, 1:]))


def _replaced(whole: Genotype, edges: np.ndarray, rng: np.random.Generator) -> Iterator[Genotype]:
    """Genotypes with other primitives on some edges; the reduction cell's are numbered after the normal cell's."""
    for _ in range(_DRAWS):
        cells = [whole.normal, whole.reduce]
        for edge in edges:
            kind, place = divmod(int(edge), len(whole.normal.edges))
            op, source = cells[kind].edges[place]
            others = [other for other in darts.PRIMITIVES if other != op]
            cells[kind] = cells[kind].replace_edge(place, (others[int(rng.integers(len(others)))], source))
        yield Genotype(*cells)
