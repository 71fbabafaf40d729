"""Cells as graphs: published ones, variants and adapted ones (Fig. 1, 2, 10)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nascope.drawing.graphs import draw_cell
from nascope.drawing.style import PRIMITIVE_COLOURS, Drawing, canvas, primitive_colour, short
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Genotypes
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.published import published_cell
from nascope.spaces.topology import depth, width


@PAPER.figure(
    "Topologies of popular normal cells, with width and depth",
    number="Fig. 1",
    options=lambda plan: {"cells": plan.section.topologies},
)
def topologies(*, cells: tuple[str, ...]) -> Drawing:
    """Published normal cells with width and depth."""
    published = [published_cell(name) for name in cells]
    normal = {cell.name: cell.genotype.normal for cell in published}
    table = pd.DataFrame(
        {
            "name": [cell.name for cell in published],
            "paper": [cell.paper for cell in published],
            "year": [cell.year for cell in published],
            "genotype": [str(cell.genotype) for cell in published],
            "width_c": [width(cell) for cell in normal.values()],
            "depth": [depth(cell) for cell in normal.values()],
        }
    )
    note = "Normal cells as published; width in units of c and depth by the paper's definitions. No training."
    return Drawing(_draw_cells(normal, 3), table, note)


@PAPER.figure(
    "Random connection variants of a published cell",
    number="Fig. 2",
    tables=lambda plan: plan.study(plan.section.convergence).tables("genotypes"),
)
def variants(genotypes: Genotypes) -> Drawing:
    """A published normal cell and its random connection variants."""
    note = (
        "Normal cells with the published operations and random connections, ordered by width and then depth; the numpy "
        "seeds of the draws are in the data. They are trained for the figures of convergence."
    )
    return _draw_genotypes(genotypes, note)


@PAPER.figure(
    "Adapted cells",
    number="Fig. 10",
    tables=lambda plan: plan.study(plan.section.generalisation[0]).tables("genotypes"),
)
def adapted(genotypes: Genotypes) -> Drawing:
    """Normal cells rewired to be as wide and shallow as can be."""
    cells = genotypes[genotypes["group"] == "adapted"]
    here = cells.loc[cells["name"] == cells["family"] + " adapted", "family"]
    origins = ["as the authors published them"] if len(here) < len(cells) else []
    origins += [f"rewired here: {', '.join(here)}"] if len(here) else []
    note = (
        f"Normal cells with the published operations, each node fed by both inputs; {'; '.join(origins)}. No training."
    )
    return _draw_genotypes(cells, note)


def _draw_genotypes(genotypes: pd.DataFrame, note: str) -> Drawing:
    cells = {row.name: Genotype.parse(row.genotype).normal for row in genotypes.itertuples(index=False)}
    data = genotypes[["family", "group", "name", "genotype", "draw", "width", "depth"]]
    return Drawing(_draw_cells(cells, min(5, len(cells) + 1)), data.reset_index(drop=True), note)


def _draw_cells(cells: Mapping[str, Cell], columns: int) -> Figure:
    """One panel per cell, and one for the colours of the operations."""
    rows = -(-(len(cells) + 1) // columns)
    figure, axes = canvas(rows, columns, 2.9 * columns, 2.3 * rows, squeeze=False)
    flat: list[Axes] = list(np.ravel(axes))
    for axis, (name, cell) in zip(flat, cells.items(), strict=False):
        draw_cell(axis, cell)
        axis.set_title(f"{name}: width {width(cell):g}c, depth {depth(cell)}")
    for axis in flat[len(cells) :]:
        axis.set_axis_off()
    used = {op for cell in cells.values() for op, _ in cell.edges}
    handles = [Line2D([], [], color=primitive_colour(op), label=short(op)) for op in PRIMITIVE_COLOURS if op in used]
    flat[-1].legend(handles=handles, loc="center", ncols=2, title="operations")
    return figure
