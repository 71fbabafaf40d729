"""The two linear cells of the theory, and its bounds beside what is measured (Fig. 8, Theorems 4.1 and 4.2)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.theory import OBJECTIVES
from nascope.drawing.graphs import arrow
from nascope.drawing.style import Drawing, canvas
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.settings import Theory as LinearCells
from nascope.schemas.geometry import Theory
from nascope.schemas.results import LINEAR_CELLS
from nascope.words import counted

_COLOURS = dict(zip(OBJECTIVES, ("#0072B2", "#D55E00"), strict=True))
_NAMES = {"4.1": "smoothness (Theorem 4.1)", "4.2": "gradient variance (Theorem 4.2)"}
_DRAWN_NODES = 3
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@PAPER.figure(
    "Bounds and measured values on linear cells",
    number="Fig. 8, Theorems 4.1 and 4.2",
    tables=lambda plan: {"theory": LINEAR_CELLS},
    options=lambda plan: {"cells": plan.section.theory},
)
def theory(theory: Theory, *, cells: LinearCells) -> Drawing:
    """Measured values of the narrowest cell against the bounds, and against the widest cell's by block scale."""
    figure, axes = canvas(2, 3, 10, 6)
    _draw_linear_cell(axes[0, 0], "widest", [(0, k) for k in range(1, _DRAWN_NODES + 1)])
    _draw_linear_cell(axes[1, 0], "narrowest", [(k, k + 1) for k in range(_DRAWN_NODES)])
    for line, (theorem, name) in zip(axes, _NAMES.items(), strict=True):
        _bounds(line[1], theory[theory["theorem"] == theorem], name)
        _growth(line[2], theory[theory["theorem"] == theorem], name)
    axes[0, 2].legend(fontsize=6, loc="upper left")
    nodes, sizes, scales = (", ".join(f"{x:g}" for x in values) for values in (cells.nodes, cells.sizes, cells.scales))
    note = (
        f"Cells of linear blocks; nodes {nodes}, dimensions {sizes}, largest singular values {scales}, spectra "
        f"{', '.join(cells.spectra)}; {counted(len(cells.seeds), 'seed')}, expectations over {cells.samples} random "
        "inputs; exact, no training. Formulas as known to us, without the paper's text at hand; they follow where both "
        "cells' output gradients are alike. For a squared error, the bounds that do follow are in the data (corrected)."
    )
    return Drawing(figure, theory, note)


def _bounds(axis: Axes, table: pd.DataFrame, name: str) -> None:
    for objective, part in table.groupby("objective"):
        broken = (part["narrowest"] > part["bound"] * (1 + 1e-9)).sum()
        label = f"{objective}: above the bound {broken} of {len(part)}"
        axis.scatter(part["bound"], part["narrowest"], s=5, alpha=0.5, color=_COLOURS[objective], label=label)
    limits = [table[["bound", "narrowest"]].min().min(), table[["bound", "narrowest"]].max().max()]
    axis.plot(limits, limits, color="#555555", linewidth=0.8)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("the theorem's bound")
    axis.set_ylabel("measured, narrowest cell")
    axis.set_title(name)
    axis.legend(fontsize=7)


def _growth(axis: Axes, table: pd.DataFrame, name: str) -> None:
    ratios = table.assign(ratio=table["narrowest"] / table["widest"])
    for (objective, nodes), part in ratios.groupby(["objective", "nodes"]):
        medians = part.groupby("scale")["ratio"].median()
        axis.plot(
            medians.index,
            medians,
            "o-",
            color=_COLOURS[objective],
            alpha=0.35 + 0.65 * nodes / table["nodes"].max(),
            markersize=3,
            linewidth=1,
            label=f"{objective}, {nodes} nodes",
        )
    axis.axhline(1, color="#555555", linewidth=0.8)
    axis.set_yscale("log")
    axis.set_xlabel("largest singular value of the blocks")
    axis.set_ylabel("narrowest over widest, median")
    axis.set_title(name)


def _draw_linear_cell(axis: Axes, name: str, edges: list[tuple[int, int]]) -> None:
    """Input x, nodes 1 to n and the concatenation, for the widest or the narrowest cell."""
    chain = edges[-1][0] > 0
    output = _DRAWN_NODES + 1
    places = {0: (0.0, 0.0), output: (output if chain else 2.0, 0.0)}
    for node in range(1, output):
        places[node] = (float(node), 0.25 * (-1) ** node) if chain else (1.0, 1.0 - (node - 1))
    for source, target in edges:
        arrow(axis, places[source], places[target], "#0072B2", 0.05)
    for node in range(1, output):
        arrow(axis, places[node], places[output], "#BBBBBB", 0.25 if chain and node < output - 1 else 0.05)
    for node, (x, y) in places.items():
        label, colour = {0: ("x", "#FCE4C4"), output: ("concat", "#EEEEEE")}.get(
            node, (f"y{node}".translate(_SUBSCRIPTS), "#DCE9F5")
        )
        box = {"boxstyle": "circle,pad=0.3", "facecolor": colour, "edgecolor": "#666666", "linewidth": 0.6}
        axis.text(x, y, label, ha="center", va="center", fontsize=8, bbox=box)
    axis.set_title(f"the {name} cell ({_DRAWN_NODES} nodes)")
    axis.set_axis_off()
    axis.margins(0.2)
