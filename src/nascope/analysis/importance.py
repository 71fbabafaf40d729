"""Importance of operations, over the NAS-Bench-201 space and for genotypes of two cells (Wan et al. 2022, section 3).

The importance of an edge's operation is the mean error of the neighbours on that edge minus the error of the cell
itself. Where it is positive the operation matters, where it is negative it hurts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.trained import trained_oracle
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import PRIMITIVES
from nascope.spaces.nasbench201_space import cell_codes, enumerate_cells

if TYPE_CHECKING:
    from nascope.oracles.oracle import Oracle
    from nascope.spaces.cellspace import CellSpace
    from nascope.spaces.nasbench201 import NasBench201Cell


def nasbench201_importance(oracle: Oracle[NasBench201Cell], *, nodes: int = 4, fraction: float = 0.05) -> pd.DataFrame:
    """Importance of every edge of every cell.

    Args:
        oracle: of the errors.
        nodes: of each cell.
        fraction: share of the cells that count as top, and as bottom (0.05: 781 of 15,625).

    Returns:
        An ``importance`` table in index order, edges in the cell's order.
    """
    cells = enumerate_cells(nodes)
    errors = oracle.error(cells)
    codes = cell_codes(cells)
    importance = edge_importance(codes, errors)
    edges = codes.shape[1]
    return pd.DataFrame(
        {
            "dataset": oracle.dataset,
            "index": np.repeat(np.arange(len(cells)), edges),
            "edge": np.tile(np.arange(edges), len(cells)),
            "primitive": np.take(PRIMITIVES, codes.ravel()),
            "error": np.repeat(errors, edges),
            "importance": importance.ravel(),
            "subset": np.repeat(subsets(errors, fraction), edges),
        }
    )


def edge_importance(codes: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Importance of all edges at once.

    Args:
        codes: (cells, edges) integers, each row once, covering the whole product space.
        errors: (cells,) errors as fractions.

    Returns:
        (cells, edges) importances, in the unit of ``errors``.

    Raises:
        NascopeError: ``codes`` do not cover the product space, or an error is not finite.
    """
    choices = codes.max() + 1
    shape = (choices,) * codes.shape[1]
    if len(codes) != choices ** codes.shape[1] or len(np.unique(codes, axis=0)) != len(codes):
        raise NascopeError(f"{len(codes)} cells do not cover all {choices ** codes.shape[1]} of the space once each")
    if not np.isfinite(errors).all():
        raise NascopeError(f"the error of cell {int(np.argmin(np.isfinite(errors)))} is not finite")
    grid = np.empty(shape)
    grid[tuple(codes.T)] = errors
    means = [(grid.sum(axis=axis, keepdims=True) - grid) / (choices - 1) for axis in range(codes.shape[1])]
    return np.stack([(mean - grid)[tuple(codes.T)] for mean in means], axis=1)


def subsets(errors: np.ndarray, fraction: float) -> np.ndarray:
    """``top`` for the fraction of smallest errors (ties by index), ``bottom`` for the largest, ``rest`` between."""
    count = round(fraction * len(errors))
    order = np.argsort(errors, kind="stable")
    labels = np.full(len(errors), "rest", dtype=object)
    labels[order[:count]] = "top"
    labels[order[len(errors) - count :]] = "bottom"
    return labels


def importance_sets(
    oracle: Oracle[Genotype], space: CellSpace, *, population: int, fraction: float, seed: int
) -> tuple[list[Genotype], list[str]]:
    """The best and the worst of many random genotypes, as many of the others, and as many of all.

    Args:
        oracle: of the errors.
        space: that genotypes are drawn from, uniformly.
        population: how many genotypes are drawn.
        fraction: share of them in each set.
        seed: of the draws.

    Returns:
        Genotypes, and the set of each: ``top``, ``bottom``, ``rest`` or ``uniform``. Genotypes of the last set may also
        be in one of the others.
    """
    rng = np.random.default_rng(seed)
    drawn = list(dict.fromkeys(space.sample(rng) for _ in range(population)))
    labels = subsets(oracle.error(drawn), fraction)
    count = min(int((labels == "top").sum()), int((labels == "rest").sum()))
    rest = rng.choice(np.flatnonzero(labels == "rest"), size=count, replace=False)
    uniform = sorted(rng.choice(len(drawn), size=count, replace=False))
    chosen = sorted([*np.flatnonzero(labels != "rest"), *rest])
    names = [str(labels[index]) for index in chosen] + ["uniform"] * count
    return [drawn[index] for index in [*chosen, *uniform]], names


def genotype_importance(
    oracle: Oracle[Genotype],
    genotypes: Sequence[Genotype],
    labels: Sequence[str],
    space: CellSpace,
    edges: Sequence[tuple[str, int]] | None = None,
    refits: Callable[[Sequence[Genotype]], np.ndarray] | None = None,
) -> pd.DataFrame:
    """Importance of every operation of genotypes of two cells (Wan et al. 2022, section 3).

    An edge's neighbours have another operation on it, or another source that its sibling does not use (``6 + l`` for
    node l, from 0, in the DARTS space). The oracle is asked once, for each different neighbour of all genotypes.

    Args:
        oracle: of the errors.
        genotypes: different genotypes of ``space``.
        labels: the set that each belongs to.
        space: of the neighbours.
        edges: (cell type, edge) of the operations whose importance is asked for (None: all).
        refits: errors of genotypes by every refit of the oracle, (genotypes, refits); None where it is not fitted.

    Returns:
        A ``genotype_importance`` table, genotypes in their order, normal edges before reduction edges.
    """
    places = edges or [(kind, edge) for kind in ("normal", "reduce") for edge in range(2 * space.nodes)]
    rows, asked, sizes = [], list(genotypes), []
    for (number, genotype), (kind, edge) in product(enumerate(genotypes), places):
        neighbours = space.neighbours(genotype, kind, edge)
        rows.append((number, kind, edge, *getattr(genotype, kind).edges[edge]))
        sizes.append(len(neighbours))
        asked += neighbours
    errors = _errors_of(asked, lambda different: oracle.error(different)[:, None])
    refitted = _errors_of(asked, refits) if refits else np.empty((len(asked), 0))
    table = pd.DataFrame(rows, columns=["number", "cell_type", "edge", "primitive", "source"])
    number = table["number"].to_numpy()
    return table.drop(columns="number").assign(
        genotype=np.array([str(genotype) for genotype in genotypes], dtype=object)[number],
        error=errors[number, 0],
        importance=_above_own(errors, number, sizes)[:, 0],
        subset=np.array(labels, dtype=object)[number],
        refits=list(_above_own(refitted, number, sizes)),
    )


def _errors_of(asked: Sequence[Genotype], ask: Callable[[Sequence[Genotype]], np.ndarray]) -> np.ndarray:
    """Errors of genotypes, each different one asked for once, (genotypes, columns)."""
    different = {genotype: place for place, genotype in enumerate(dict.fromkeys(asked))}
    return ask(list(different))[[different[genotype] for genotype in asked]]


def _above_own(errors: np.ndarray, number: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """How far the mean errors of operations' neighbours are above the errors of their own genotypes.

    Args:
        errors: of the genotypes, then of all neighbours of each operation, (genotypes + neighbours, columns).
        number: of the genotype that each operation belongs to, (operations,).
        sizes: number of neighbours of each operation.

    Returns:
        (operations, columns).
    """
    others = errors[len(errors) - sum(sizes) :]
    means = np.add.reduceat(others, np.cumsum([0, *sizes[:-1]])) / np.array(sizes)[:, None]
    return np.asarray(means - errors[number])


def studied_importance(genotypes: pd.DataFrame, trainings: pd.DataFrame, dataset: str, epochs: int) -> pd.DataFrame:
    """Importance by real training, for the edges that a ``neighbourhoods`` study asked about.

    Args:
        genotypes: of the study: one centre per family, and groups of neighbours named by their cell type and edge.
        trainings: of its set-up.
        dataset: name of the data set.
        epochs: epochs of the protocol.

    Returns:
        A ``genotype_importance`` table; ``subset`` is the family.
    """
    oracle = trained_oracle(genotypes, trainings, dataset, epochs)
    tables = []
    for family, rows in genotypes.groupby("family", sort=False):
        centre = Genotype.parse(rows.loc[rows["group"] == "centre", "genotype"].iloc[0])
        groups = [group.split() for group in rows["group"].unique() if group != "centre"]
        edges = [(kind, int(edge)) for kind, edge in groups]
        tables.append(genotype_importance(oracle, [centre], [str(family)], darts.SPACE, edges))
    return pd.concat(tables, ignore_index=True)
