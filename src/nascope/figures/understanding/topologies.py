"""Cells as graphs: published ones, variants, adapted ones, and where published ones stand (Fig. 1, 2, 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nascope.figures.graphs import draw_cell
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.published import published_cell
from nascope.spaces.topology import depth, width
from nascope.spaces.wirings import standing, wiring_distribution


def topologies(options: dict[str, Any]) -> Drawing:
    """Fig. 1: published normal cells with width and depth."""
    published = [published_cell(name) for name in options["cells"]]
    cells = {cell.name: cell.genotype.normal for cell in published}
    records = [(c.name, c.paper, c.year, str(c.genotype), *_shape(c.genotype.normal)) for c in published]
    table = pd.DataFrame(records, columns=["name", "paper", "year", "genotype", "width_c", "depth"])
    note = "Normal cells as published; width in units of c and depth by the paper's definitions. No training."
    return Drawing(_draw_cells(cells, 3), table, note)


def variants(genotypes: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 2: a published normal cell and its random connection variants."""
    note = (
        "Normal cells with the published operations and random connections, ordered by width and then depth; numpy "
        "seeds of the draws are in the data. They are trained in the figures that follow."
    )
    return _draw_genotypes(genotypes, note)


def adapted(genotypes: list[pd.DataFrame], options: dict[str, Any]) -> Drawing:
    """Fig. 10: normal cells rewired to be as wide and shallow as can be."""
    rewired = genotypes[0][genotypes[0]["group"] == "adapted"]
    note = (
        "Normal cells with the published operations, each node fed by both inputs: as the authors published them, "
        "DARTS' reconstructed from its number of parameters."
    )
    return _draw_genotypes(rewired, note)


def _draw_genotypes(genotypes: pd.DataFrame, note: str) -> Drawing:
    cells = {row.name: Genotype.parse(row.genotype).normal for row in genotypes.itertuples(index=False)}
    data = genotypes[["family", "group", "name", "genotype", "draw", "width", "depth"]]
    return Drawing(_draw_cells(cells, min(5, len(cells) + 1)), data.reset_index(drop=True), note)


def _draw_cells(cells: dict[str, Cell], columns: int) -> Any:  # noqa: ANN401 - matplotlib Figure
    rows = -(-(len(cells) + 1) // columns)
    figure, axes = canvas(rows, columns, 2.9 * columns, 2.3 * rows, squeeze=False)
    flat: Sequence[Axes] = list(np.ravel(axes))
    for axis, (name, cell) in zip(flat, cells.items(), strict=False):
        draw_cell(axis, cell)
        axis.set_title(f"{name}: width {width(cell):g}c, depth {depth(cell)}")
    for axis in flat[len(cells) :]:
        axis.set_axis_off()
    used = {op for cell in cells.values() for op, _ in cell.edges}
    handles = [Line2D([], [], color=PRIMITIVE_COLOURS[op], label=SHORT[op]) for op in PRIMITIVE_COLOURS if op in used]
    flat[-1].legend(handles=handles, loc="center", ncols=2, title="operations")
    return figure


def _shape(cell: Cell) -> tuple[float, int]:
    return width(cell), depth(cell)


def wirings(options: dict[str, Any]) -> Drawing:
    """Where published normal cells stand among all wirings of as many nodes with the same output."""
    cells = {name: published_cell(name).genotype.normal for name in options["cells"]}
    families: dict[tuple[int, tuple[int, ...]], list[str]] = {}
    for name, cell in cells.items():
        families.setdefault((cell.nodes, cell.concat), []).append(name)
    figure, axes = canvas(1, len(families), 3.5 * len(families), 3.4, squeeze=False)
    records = []
    for axis, (family, names) in zip(axes[0], families.items(), strict=True):
        distribution = wiring_distribution(*family)
        table = pd.Series(distribution).unstack(level=0)
        image = axis.pcolormesh(table.columns, table.index, 100 * table, cmap="Blues", shading="nearest")
        figure.colorbar(image, ax=axis, label="share of wirings (%)")
        for number, name in enumerate(names):
            x, y = width(cells[name]), depth(cells[name])
            axis.plot(x, y, "o", color="#D55E00", markersize=5)
            place = (-4 if x > 2 else 4, 6 + 9 * number)
            style = {"fontsize": 7, "textcoords": "offset points", "ha": "right" if x > 2 else "left"}
            style["bbox"] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
            axis.annotate(f"{name} ({x:g}c, {y})", (x, y), place, **style)
            narrower, deeper = standing(cells[name])
            records.append((name, *family, x, y, narrower, deeper))
        axis.set_title(f"{family[0]} nodes, output of {len(family[1])}")
        axis.set_xlabel("width (c)")
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        axis.grid(visible=False)
    axes[0, 0].set_ylabel("depth")
    columns = ["name", "nodes", "concat", "width_c", "depth", "narrower", "deeper"]
    data = pd.DataFrame(records, columns=columns).assign(concat=lambda table: table["concat"].map(str))
    note = (
        "Exact: every wiring of a normal cell counted, sources uniform among earlier states, repeats allowed (as the "
        "paper draws connections). Shares narrower and deeper than each published cell are in the data. No training."
    )
    return Drawing(figure, data, note)
