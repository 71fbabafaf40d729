"""Where published cells stand among all wirings, by width and depth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nascope.drawing.style import Drawing, canvas
from nascope.papers.understanding.paper import PAPER
from nascope.spaces.published import published_cell
from nascope.spaces.topology import depth, width
from nascope.spaces.wirings import standing, wiring_distribution

_COLUMNS = ("name", "nodes", "concat", "width_c", "depth", "narrower", "deeper")


@PAPER.figure(
    "Where published cells stand among all wirings, by width and depth",
    options=lambda plan: {"cells": plan.section.topologies},
)
def wirings(*, cells: tuple[str, ...]) -> Drawing:
    """Where published normal cells stand among all wirings of as many nodes with the same output."""
    published = {name: published_cell(name).genotype.normal for name in cells}
    families: dict[tuple[int, tuple[int, ...]], list[str]] = {}
    for name, cell in published.items():
        families.setdefault((cell.nodes, cell.concat), []).append(name)
    figure, axes = canvas(1, len(families), 3.5 * len(families), 3.4, squeeze=False)
    records = []
    for axis, (family, names) in zip(axes[0], families.items(), strict=True):
        nodes, concat = family
        table = pd.Series(wiring_distribution(nodes, concat)).unstack(level=0)
        image = axis.pcolormesh(table.columns, table.index, 100 * table, cmap="Blues", shading="nearest")
        figure.colorbar(image, ax=axis, label="share of wirings (%)")
        for number, name in enumerate(names):
            cell = published[name]
            _mark(axis, name, width(cell), depth(cell), number)
            records.append((name, nodes, str(concat), width(cell), depth(cell), *standing(cell)))
        axis.set_title(f"{nodes} nodes, output of {len(concat)}")
        axis.set_xlabel("width (c)")
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        axis.grid(visible=False)
    axes[0, 0].set_ylabel("depth")
    note = (
        "Exact: every wiring of a normal cell counted, sources uniform among earlier states, repeats allowed (as the "
        "paper draws connections). The shares of wirings that are narrower and deeper than each published cell are in "
        "the data. No training."
    )
    return Drawing(figure, pd.DataFrame(records, columns=list(_COLUMNS)), note)


def _mark(axis: Axes, name: str, x: float, y: int, number: int) -> None:
    """A published cell's point with its name; ``number`` keeps names apart."""
    axis.plot(x, y, "o", color="#D55E00", markersize=5)
    left = x > 2
    axis.annotate(
        f"{name} ({x:g}c, {y})",
        (x, y),
        (-4 if left else 4, 6 + 9 * number),
        fontsize=7,
        textcoords="offset points",
        ha="right" if left else "left",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )
