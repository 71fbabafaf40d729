"""The cells of a user's own study, with width, depth and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nascope.drawing.graphs import draw_cell, draw_motif
from nascope.drawing.style import Drawing, canvas, primitive_colour, short
from nascope.evidence.scope import Trained
from nascope.papers.own.study import OWN
from nascope.papers.own.tables import MOST, facts, left_out, own_study, own_trained, shape
from nascope.schemas.trainings import Genotypes, Parameters
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.stored import stored_genotype
from nascope.training.summary import with_parameters

_COLUMNS = 4


class _Panel(NamedTuple):
    cell: Cell | NasBench201Cell
    title: str


@OWN.figure(
    "Cells, with width, depth and parameters",
    tables=lambda plan: own_study(plan).tables("genotypes", "parameters"),
    options=own_trained,
)
def cells(genotypes: Genotypes, parameters: Parameters, *, trained: Trained) -> Drawing:
    """Every cell as a graph: normal and reduction cell side by side, or the one cell of NAS-Bench-201."""
    columns = ["family", "group", "name", "genotype", "key", "width", "depth"]
    data = with_parameters(genotypes[columns], parameters)
    panels = [panel for row in islice(data.itertuples(), MOST) for panel in _panels(row)]
    rows = -(-(len(panels) + 1) // _COLUMNS)
    figure, axes = canvas(rows, _COLUMNS, 2.9 * _COLUMNS, 2.3 * rows, squeeze=False)
    for axis, panel in zip(axes.flat, panels, strict=False):
        _draw(axis, panel.cell)
        axis.set_title(panel.title, fontsize=8)
    for axis in axes.flat[len(panels) :]:
        axis.set_axis_off()
    used = sorted({op for panel in panels for op in _operations(panel.cell)})
    handles = [Line2D([], [], color=primitive_colour(op), label=short(op)) for op in used]
    axes.flat[len(panels)].legend(handles=handles, loc="center", ncols=2, title="operations")
    note = (
        f"{facts(genotypes, trained)} Width of normal cells in units of c, and depth, by Shu et al. 2020; trainable "
        f"parameters of the whole network, every edge counted.{left_out(len(data))}"
    )
    return Drawing(figure, data, note)


def _panels(row: pd.Series) -> Iterator[_Panel]:
    genotype, size = stored_genotype(row.genotype), f"{row.parameters:,} parameters"
    if isinstance(genotype, Genotype):
        yield _Panel(genotype.normal, f"{row.name}: {shape(row.width, row.depth)}\n{size}")
        yield _Panel(genotype.reduce, f"{row.name}: reduction cell")
    else:
        yield _Panel(genotype, f"{row.name}\n{size}")


def _draw(axis: Axes, cell: Cell | NasBench201Cell) -> None:
    """A two-input cell, or a cell of NAS-Bench-201 without the edges that carry nothing."""
    if isinstance(cell, Cell):
        draw_cell(axis, cell)
        return
    names = np.array(["input", *map(str, range(1, cell.nodes - 1)), "output"])
    draw_motif(axis, [(names[source], names[node], op) for source, node, op in cell.edges if op != "none"])


def _operations(cell: Cell | NasBench201Cell) -> set[str]:
    edges = [op for op, _ in cell.edges] if isinstance(cell, Cell) else list(cell.ops)
    return set(edges) - {"none"}
