"""Studies of Li et al. 2021: operators on an edge, and cells that searches found."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from nascope.analysis.cell_searches import final_cells
from nascope.config.section import Natural, Seeds
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.schemas.results import FOUND_CELLS
from nascope.schemas.searches import CellSearches
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.given import CellName, given_cell
from nascope.studies.request import Request, table_of


def edge_there(*, cell: CellName, cell_type: str, edge: Natural, **_others: object) -> None:
    """Refuse an edge that a cell does not have.

    Raises:
        NascopeError: it is not there.
    """
    name, genotype = given_cell(cell)
    edges = len(getattr(genotype, cell_type).edges)
    if edge >= edges:
        raise NascopeError(f"edge: the {cell_type} cell of {name} has edges 0 to {edges - 1}, none is {edge}")


@study_kind(check=edge_there)
def edge_operators(
    study: str, *, cell: CellName, cell_type: Literal["normal", "reduce"], edge: Natural, seeds: Seeds
) -> pd.DataFrame:
    """A published cell with each primitive of the DARTS space on one edge (Li et al. 2021), ``group`` the primitive."""
    name, centre = given_cell(cell)
    rows = []
    for primitive in darts.PRIMITIVES:
        part = getattr(centre, cell_type)
        changed = part.replace_edge(edge, (primitive, part.edges[edge][1]))
        other = Genotype(changed, centre.reduce) if cell_type == "normal" else Genotype(centre.normal, changed)
        rows.append(Request(primitive, f"{name} {primitive}", other, family=name))
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
