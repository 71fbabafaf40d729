"""Studies of Li et al. 2021: operators on an edge, and cells that searches found."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from nascope.analysis.cell_searches import final_cells
from nascope.config.section import Natural, Seeds
from nascope.papers.declare import study_kind
from nascope.schemas.results import FOUND_CELLS
from nascope.schemas.searches import CellSearches
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.published import published_cell
from nascope.studies.request import Request, table_of


@study_kind()
def edge_operators(
    study: str, *, cell: str, cell_type: Literal["normal", "reduce"], edge: Natural, seeds: Seeds
) -> pd.DataFrame:
    """A published cell with each primitive of the DARTS space on one edge (Li et al. 2021), ``group`` the primitive."""
    centre = published_cell(cell).genotype
    rows = []
    for primitive in darts.PRIMITIVES:
        part = getattr(centre, cell_type)
        changed = part.replace_edge(edge, (primitive, part.edges[edge][1]))
        other = Genotype(changed, centre.reduce) if cell_type == "normal" else Genotype(centre.normal, changed)
        rows.append(Request(primitive, f"{cell} {primitive}", other, family=cell))
    return table_of(study, rows, seeds)


@study_kind(tables=lambda plan: {"searches": FOUND_CELLS})
def found_cells(study: str, *, searches: CellSearches) -> pd.DataFrame:
    """The cells that searches ended with, ``family`` the space and ``group`` the algorithm.

    A cell is trained with the seed of its search, so that runs of search and training are independent.

    Args:
        study: name of the study.
        searches: a ``cell_searches`` table.
    """
    rows = []
    for found in final_cells(searches).itertuples():
        name = f"{found.space} {found.algorithm} {found.seed}"
        genotype = Genotype.parse(found.genotype)
        rows.append(Request(found.algorithm, name, genotype, found.seed, found.space, (found.seed,)))
    return table_of(study, rows, ())
