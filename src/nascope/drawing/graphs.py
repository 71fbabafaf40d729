"""Drawing cells as graphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from nascope.drawing.style import primitive_colour

if TYPE_CHECKING:
    from nascope.spaces.genotype import Cell

_RADIUS = 11  # points kept free around a node


def draw_cell(axis: Axes, cell: Cell, faint: Collection[int] = ()) -> None:
    """Draw a cell, its inputs on the left, its output on the right, parallel edges side by side.

    Args:
        axis: to draw on.
        cell: what to draw.
        faint: indices of edges that are drawn in grey.
    """
    places = _layout(cell)
    output = cell.nodes + 2
    parallel: Counter[tuple[int, int]] = Counter()
    for node, pair in cell.by_node():
        for edge, (primitive, source) in enumerate(pair, start=2 * (node - 2)):
            colour = "#D8D8D8" if edge in faint else primitive_colour(primitive)
            _arrow(axis, places[source], places[node], colour, parallel[source, node])
            parallel[source, node] += 1
    for node in cell.concat:
        _arrow(axis, places[node], places[output], "#BBBBBB", 0)
    for state, place in places.items():
        label, colour = (f"{state - 1}", "#DCE9F5") if 2 <= state < output else ("out", "#EEEEEE")
        if state < 2:
            label, colour = ("cₖ₋₂", "cₖ₋₁")[state], "#FCE4C4"
        _node(axis, place, label, colour)
    axis.set_axis_off()
    axis.margins(0.12)


def _layout(cell: Cell) -> dict[int, tuple[float, float]]:
    """Places of the nodes: columns by the longest path from an input, the nodes of a column spread evenly."""
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


def draw_motif(axis: Axes, motif: Sequence[tuple[str, str, str]]) -> None:
    """Draw a part of a cell, the source of each edge left of its target.

    Args:
        axis: to draw on.
        motif: edges as (source, target, operation), nodes by name.
    """
    level: dict[str, int] = {name: 0 for edge in motif for name in edge[:2]}
    for _ in level:  # no path is longer than there are nodes
        for source, target, _op in motif:
            level[target] = max(level[target], level[source] + 1)
    columns: dict[int, list[str]] = {}
    for name in sorted(level):
        columns.setdefault(level[name], []).append(name)
    places = {
        name: (float(column), (len(names) - 1) / 2 - position + 0.25 * (column % 2))
        for column, names in columns.items()
        for position, name in enumerate(names)
    }
    parallel: Counter[tuple[str, str]] = Counter()
    for source, target, op in motif:
        _arrow(axis, places[source], places[target], primitive_colour(op), parallel[source, target])
        parallel[source, target] += 1
    for name, place in places.items():
        colour = "#DCE9F5" if len(name) == 1 else "#FCE4C4"
        label = {"input": "in", "output": "out", "input1": "cₖ₋₂", "input2": "cₖ₋₁"}.get(name, name)
        _node(axis, place, label, colour)
    axis.set_axis_off()
    axis.margins(0.2)


def _node(axis: Axes, place: tuple[float, float], label: str, colour: str) -> None:
    box = {"boxstyle": "circle,pad=0.25", "facecolor": colour, "edgecolor": "#666666", "linewidth": 0.6}
    axis.text(*place, label, ha="center", va="center", fontsize=6.5, bbox=box)
    axis.update_datalim([place])  # also where no edge leads to it


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, number: int) -> None:
    # Longer edges bend more, to pass beside the nodes between.
    bend = (0.1 * (1 + number) + 0.12 * max(0.0, end[0] - start[0] - 1)) * (-1) ** number
    arrow(axis, start, end, colour, bend)


def arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, bend: float) -> None:
    """Draw an edge between two nodes, curved by ``bend`` (0: straight)."""
    axis.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend}",
            color=colour,
            arrowstyle="-|>",
            mutation_scale=7,
            shrinkA=_RADIUS,
            shrinkB=_RADIUS,
            linewidth=1.3,
        )
    )
    axis.update_datalim([start, end])
    axis.autoscale_view()
