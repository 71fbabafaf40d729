"""Studies of Shu et al. 2020: connections, operations, adapted cells."""

from __future__ import annotations

import pandas as pd

from nascope.config.section import Positive, PositiveFloat, Seeds
from nascope.papers.declare import study_kind
from nascope.spaces import topology
from nascope.spaces.cellspace import random_operations
from nascope.spaces.published import published_cell
from nascope.studies.request import Request, table_of

#: The operations that are drawn, in the order of the authors' code: their seeds give their variants in no other order.
OPERATIONS = (
    *("max_pool_3x3", "avg_pool_3x3", "skip_connect"),
    *("sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"),
)


@study_kind()
def connection_variants(
    study: str, *, cells: tuple[str, ...], widths: tuple[PositiveFloat, ...], per_width: Positive, seeds: Seeds
) -> pd.DataFrame:
    """Published cells and random connection variants of each, stratified by width (Shu et al. 2020, Fig. 13).

    Args:
        study: name of the study.
        cells: published cells.
        widths: widths of the variants' normal cells, in units of c.
        per_width: variants per cell and width.
        seeds: training seeds.
    """
    rows = []
    for cell in cells:
        original = published_cell(cell).genotype
        rows.append(Request("original", cell, original, family=cell))
        for number, variant in enumerate(topology.stratified_variants(original, list(widths), per_width), start=1):
            rows.append(Request(f"{variant.width:g}c", f"C{number}", variant.genotype, variant.seed, cell))
    return table_of(study, rows, seeds)


@study_kind()
def operation_variants(study: str, *, cells: tuple[str, ...], variants: Positive, seeds: Seeds) -> pd.DataFrame:
    """Published cells and variants of each with random operations on its connections (Shu et al. 2020, Fig. 4).

    Variant ``k`` has seed ``k``; seeds 1 to 10 give the operations that the authors published.
    """
    rows = []
    for cell in cells:
        original = published_cell(cell).genotype
        rows.append(Request("original", cell, original, family=cell))
        for seed in range(1, variants + 1):
            variant = random_operations(original, seed, OPERATIONS)
            rows.append(Request("operations", f"O{seed}", variant, seed, cell))
    return table_of(study, rows, seeds)


@study_kind()
def adapted_cells(study: str, *, cells: dict[str, str | None], seeds: Seeds) -> pd.DataFrame:
    """Published cells, each with its widest and shallowest version (Shu et al. 2020, Table 1).

    Args:
        study: name of the study.
        cells: by published cell, the name of its published adapted version; None rewires it here
            (:func:`nascope.spaces.topology.adapt`: the authors' choice of input per edge differs for four of five).
        seeds: training seeds.
    """
    rows = []
    for cell, adapted in cells.items():
        original = published_cell(cell).genotype
        other = published_cell(adapted).genotype if adapted else topology.adapt(original)
        rows.append(Request("original", cell, original, family=cell))
        rows.append(Request("adapted", adapted or f"{cell} adapted", other, family=cell))
    return table_of(study, rows, seeds)
