"""Studies of Shu et al. 2020: connections, operations, adapted cells."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from msgspec import Meta

from nascope.config.section import SOME_ONCE, Positive, Seeds
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.spaces import topology
from nascope.spaces.cellspace import random_operations
from nascope.spaces.given import CellName, CellNames, GivenCell, given_cell
from nascope.studies.request import Request, table_of

#: The operations that are drawn, in the order of the authors' code: their seeds give their variants in no other order.
OPERATIONS = (
    *("max_pool_3x3", "avg_pool_3x3", "skip_connect"),
    *("sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"),
)


#: Widths of normal cells in units of c: half an edge into a node counts half.
Widths = Annotated[tuple[Annotated[float, Meta(ge=1, multiple_of=0.5)], ...], SOME_ONCE]


def reached_widths(*, cells: CellNames, widths: Widths, **_others: object) -> None:
    """Refuse widths that no wiring of a cell has.

    Raises:
        NascopeError: the first one, with the widest wiring.
    """
    for cell in map(given_cell, cells):
        if max(widths) > cell.genotype.normal.nodes:
            widest = f"the widest wiring of {cell.name} has {cell.genotype.normal.nodes}c"
            raise NascopeError(f"widths: no wiring is {max(widths):g}c wide; {widest}")


@study_kind(check=reached_widths)
def connection_variants(
    study: str, *, cells: CellNames, widths: Widths, per_width: Positive, seeds: Seeds
) -> pd.DataFrame:
    """Published cells and random connection variants of each, stratified by width (Shu et al. 2020, Fig. 13).

    Args:
        study: name of the study.
        cells: names of published cells, or genotypes.
        widths: widths of the variants' normal cells, in units of c.
        per_width: variants per cell and width.
        seeds: training seeds.
    """
    rows = []
    for cell, original in map(given_cell, cells):
        rows.append(Request("original", cell, original, family=cell))
        for number, variant in enumerate(topology.stratified_variants(original, list(widths), per_width), start=1):
            rows.append(Request(f"{variant.width:g}c", f"C{number}", variant.genotype, variant.seed, cell))
    return table_of(study, rows, seeds)


@study_kind()
def operation_variants(study: str, *, cells: CellNames, variants: Positive, seeds: Seeds) -> pd.DataFrame:
    """Published cells and variants of each with random operations on its connections (Shu et al. 2020, Fig. 4).

    Variant ``k`` has seed ``k``; seeds 1 to 10 give the operations that the authors published.
    """
    rows = []
    for cell, original in map(given_cell, cells):
        rows.append(Request("original", cell, original, family=cell))
        for seed in range(1, variants + 1):
            variant = random_operations(original, seed, OPERATIONS)
            rows.append(Request("operations", f"O{seed}", variant, seed, cell))
    return table_of(study, rows, seeds)


@study_kind()
def adapted_cells(
    study: str, *, cells: Annotated[dict[CellName, CellName | None], Meta(min_length=1)], seeds: Seeds
) -> pd.DataFrame:
    """Published cells, each with its widest and shallowest version (Shu et al. 2020, Table 1).

    Args:
        study: name of the study.
        cells: by cell, its adapted version, both by published names or as genotypes; None rewires it here
            (:func:`nascope.spaces.topology.adapt`: the authors' choice of input per edge differs for four of five).
        seeds: training seeds.
    """
    rows = []
    for cell, adapted in cells.items():
        name, original = given_cell(cell)
        other = given_cell(adapted) if adapted else GivenCell(f"{name} adapted", topology.adapt(original))
        rows.append(Request("original", name, original, family=name))
        rows.append(Request("adapted", other.name, other.genotype, family=name))
    return table_of(study, rows, seeds)
