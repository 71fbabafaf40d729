"""Drawing cells as graphs."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from nascope.figures.style import PRIMITIVE_COLOURS
from nascope.spaces.genotype import Cell

_RADIUS = 11  # points kept free around a node


def draw_cell(axis: Axes, cell: Cell) -> None:
    """Draw a cell, inputs on the left, output on the right; parallel edges are drawn side by side."""
    places = _layout(cell)
    output = cell.nodes + 2
    parallel: Counter[tuple[int, int]] = Counter()
    for node, pair in cell.by_node():
        for primitive, source in pair:
            _arrow(axis, places[source], places[node], PRIMITIVE_COLOURS[primitive], parallel[source, node])
            parallel[source, node] += 1
    for node in cell.concat:
        _arrow(axis, places[node], places[output], "#BBBBBB", 0)
    for state, (x, y) in places.items():
        label, colour = (f"{state - 1}", "#DCE9F5") if 2 <= state < output else ("out", "#EEEEEE")
        axis.update_datalim([(x, y)])  # also where no edge leads to it
        if state < 2:
            label, colour = ("$c_{k-2}$", "$c_{k-1}$")[state], "#FCE4C4"
        box = {"boxstyle": "circle,pad=0.25", "facecolor": colour, "edgecolor": "#666666", "linewidth": 0.6}
        axis.text(x, y, label, ha="center", va="center", fontsize=6.5, bbox=box)
    axis.set_axis_off()
    axis.margins(0.12)


def _layout(cell: Cell) -> dict[int, tuple[float, float]]:
    """Columns by longest path from an input, nodes of a column spread evenly."""
    level = {0: 0, 1: 0}
    for node, pair in cell.by_node():
        level[node] = 1 + max(level[source] for _, source in pair)
    level[cell.nodes + 2] = 1 + max(level.values())
    columns: dict[int, list[int]] = {}
    for state, column in level.items():
        columns.setdefault(column, []).append(state)
    places = {}
    for column, states in columns.items():
        for position, state in enumerate(states):
            offset = 0.18 * (column % 2)  # keeps long edges off the nodes between
            places[state] = (float(column), (len(states) - 1) / 2 - position + offset)
    return places


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, number: int) -> None:
    # Longer edges bend more, to pass beside the nodes between.
    bend = (0.1 * (1 + number) + 0.12 * max(0.0, end[0] - start[0] - 1)) * (-1) ** number
    arrow(axis, start, end, colour, bend)


def arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, bend: float) -> None:
    """An edge between two nodes, curved by ``bend``."""
    style = {
        "arrowstyle": "-|>",
        "mutation_scale": 7,
        "shrinkA": _RADIUS,
        "shrinkB": _RADIUS,
        "linewidth": 1.3,
    }
    axis.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", color=colour, **style))
    axis.update_datalim([start, end])
    axis.autoscale_view()
