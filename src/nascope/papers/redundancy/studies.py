"""Studies of Wan et al. 2022: patterns, published cells, reduction cells, removal, neighbourhoods."""

from __future__ import annotations

from itertools import product
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from msgspec import Meta

from nascope.config.section import SOME_ONCE, Natural, Positive, Seeds
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.schemas.importance import GenotypeImportance
from nascope.schemas.results import DARTS_IMPORTANCE
from nascope.spaces import darts, patterns
from nascope.spaces.genotype import Genotype
from nascope.spaces.given import CellNames, DartsCellNames, given_cell, given_darts_cell
from nascope.spaces.reductions import exchange_reduction
from nascope.spaces.removal import ORDERS, removal_order, without
from nascope.studies.request import Request, table_of

Groups = Annotated[tuple[Literal["Random", "Skip", "Prim", "PrimSkip"], ...], SOME_ONCE]
Wirings = Annotated[tuple[Literal["corrected", "as_coded"], ...], SOME_ONCE]
Treatments = Annotated[tuple[Literal["same", "swapped", "plain", "random"], ...], SOME_ONCE]
CellTypes = Annotated[tuple[Literal["normal", "reduce"], ...], SOME_ONCE]
Edges = Annotated[tuple[Annotated[int, Meta(ge=0, lt=2 * darts.SPACE.nodes)], ...], SOME_ONCE]
Steps = Annotated[tuple[Annotated[int, Meta(ge=1, le=4 * darts.SPACE.nodes)], ...], SOME_ONCE]


@study_kind()
def pattern_samples(
    study: str, *, groups: Groups, per_group: Positive, wirings: Wirings, draw_seed: Natural, seeds: Seeds
) -> pd.DataFrame:
    """Samples of the pattern-constrained groups (Wan et al. 2022, Fig. 9), ``family`` the wiring of the sampler.

    Random and Prim have only one wiring and are drawn once.
    """
    rows = []
    for number, wiring in enumerate(wirings):
        for group in (group for group in groups if not number or group in patterns.WIRED):
            rng = np.random.default_rng([draw_seed, patterns.GROUPS.index(group)])
            drawn = (patterns.sample(rng, group, wiring) for _ in range(per_group))
            rows += [Request(group, f"{group} {i}", genotype, i, wiring) for i, genotype in enumerate(drawn)]
    return table_of(study, rows, seeds)


@study_kind()
def published_cells(study: str, *, cells: CellNames, seeds: Seeds) -> pd.DataFrame:
    """Published cells as they are, or others by their genotypes.

    Raises:
        NascopeError: an unknown cell.
    """
    rows = [Request("published", cell, genotype, family=cell) for cell, genotype in map(given_cell, cells)]
    return table_of(study, rows, seeds)


@study_kind()
def reduction_variants(
    study: str, *, cells: CellNames, treatments: Treatments, draw_seed: Natural, seeds: Seeds
) -> pd.DataFrame:
    """Published cells, each also with other reduction cells (Wan et al. 2022, section 4), ``group`` the treatment.

    Raises:
        NascopeError: an unknown cell or treatment.
    """
    rows = []
    for number, (cell, original) in enumerate(map(given_cell, cells)):
        rows.append(Request("original", cell, original, family=cell))
        for treatment in treatments:
            other = exchange_reduction(original, treatment, np.random.default_rng([draw_seed, number]))
            rows.append(Request(treatment, f"{cell} {treatment}", other, family=cell))
    return table_of(study, rows, seeds)


@study_kind(tables=lambda plan: {"importance": DARTS_IMPORTANCE})
def successive_removal(
    study: str, *, importance: GenotypeImportance, cells: Positive, steps: Steps, draw_seed: Natural, seeds: Seeds
) -> pd.DataFrame:
    """Top genotypes, and what is left of each when operations are removed by importance (Wan et al. 2022, Fig. 5).

    Args:
        study: name of the study.
        importance: a ``genotype_importance`` table; genotypes are drawn from its top ones.
        cells: genotypes drawn, without replacement.
        steps: numbers of removed operations that are trained.
        draw_seed: of the draw.
        seeds: training seeds.

    Raises:
        NascopeError: there are fewer top genotypes.
    """
    top = dict(list(importance[importance["subset"] == "top"].groupby("genotype", sort=False)))
    if cells > len(top):
        raise NascopeError(f"study {study!r}: {cells} cells are asked for, there are {len(top)} top genotypes")
    rows = []
    for number in sorted(np.random.default_rng(draw_seed).choice(len(top), size=cells, replace=False)):
        text, edges = list(top.items())[number]
        whole, family = Genotype.parse(text), f"top {number}"
        rows.append(Request("whole", family, whole, int(number), family))
        for order in ORDERS:
            sequence = removal_order(edges["importance"].to_numpy(), order)
            for step in steps:
                left = without(whole, sequence[:step])
                rows.append(Request(order, f"{family}, {step} off, {order}", left, int(number), family))
    return table_of(study, rows, seeds)


@study_kind()
def neighbourhoods(
    study: str, *, cells: DartsCellNames, cell_types: CellTypes, edges: Edges, seeds: Seeds
) -> pd.DataFrame:
    """Published cells of the DARTS space and all their neighbours on some edges: importance by real training.

    Raises:
        NascopeError: an unknown cell, or one outside the DARTS space.
    """
    rows = []
    for cell, centre in map(given_darts_cell, cells):
        rows.append(Request("centre", cell, centre, family=cell))
        for kind, edge in product(cell_types, edges):
            for number, other in enumerate(darts.SPACE.neighbours(centre, kind, edge)):
                rows.append(Request(f"{kind} {edge}", f"{cell} {kind} {edge}.{number}", other, family=cell))
    return table_of(study, rows, seeds)
