"""Networks and their training: Fig. 1 and Table 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from nascope.drawing.graphs import arrow
from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas, primitive_colour
from nascope.errors import known
from nascope.papers.nasbench201.labels import RESNET
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import PROTOCOL
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell
from nascope.training.protocol import Protocol

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan

#: The protocol of the configuration that is meant to be the published one.
_PUBLISHED = "nasbench201_200"


def _published_protocol(plan: Plan[NasBench201]) -> dict[str, Any]:
    return {"name": _PUBLISHED, "settings": known(plan.config.protocols, _PUBLISHED, "protocols")}


@PAPER.figure("The macro skeleton, a cell and the operations", number="Fig. 1", options=_published_protocol)
def skeleton(*, name: str, settings: Protocol) -> Drawing:
    """The macro skeleton, a cell of the space, and its operations."""
    figure, (top, bottom) = canvas(2, 1, 8, 3.9, height_ratios=[1, 1.6])
    _draw_blocks(top, settings.channels, settings.cells)
    cell = NasBench201Cell.parse(RESNET)
    _draw_cell(bottom, cell)
    for number, op in enumerate(PRIMITIVES):
        bottom.plot([], [], color=primitive_colour(op), linewidth=2, label=op, zorder=-number)
    bottom.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="operations")
    rows = [(edge, source, node, op) for edge, (source, node, op) in enumerate(cell.edges)]
    data = pd.DataFrame(rows, columns=["edge", "source", "node", "operation"])
    note = (
        f"Drawn from nascope's own definitions; channels and cells are those of the protocol {name!r}. "
        f"The cell is the benchmark's ResNet cell; a node sums its edges, node 0 is the input, node {cell.nodes - 1} "
        f"the output; each of the {len(cell.ops)} edges has one of {len(PRIMITIVES)} operations. No data set, no "
        "training."
    )
    return Drawing(figure, data, note)


def _draw_blocks(axis: Axes, channels: int, cells: int) -> None:
    blocks = ["image", f"3x3 conv\n{channels}"]
    for stage in range(3):
        width = channels * 2**stage
        blocks += ([f"residual\nblock\n{width}, stride 2"] if stage else []) + [f"{cells} cells\n{width} channels"]
    blocks += ["global\npooling", "classifier"]
    for place, text in enumerate(blocks):
        face = "#FCE4C4" if "cells" in text else "#DCE9F5"
        box = {"boxstyle": "round,pad=0.35", "facecolor": face, "edgecolor": "#666666", "linewidth": 0.6}
        axis.text(place, 0, text, ha="center", va="center", fontsize=7, bbox=box)
        if place:
            between = FancyArrowPatch(
                (place - 1, 0), (place, 0), arrowstyle="-|>", mutation_scale=7, shrinkA=20, shrinkB=20, color="#666666"
            )
            axis.add_patch(between)
    axis.set(xlim=(-0.6, len(blocks) - 0.4), ylim=(-1, 1))
    axis.set_axis_off()


def _draw_cell(axis: Axes, cell: NasBench201Cell) -> None:
    for source, node, op in cell.edges:
        bend = 0.2 * (node - source - 1) * (-1) ** source
        arrow(axis, (source, 0), (node, 0), primitive_colour(op), bend)
    for node in range(cell.nodes):
        box = {"boxstyle": "circle,pad=0.3", "facecolor": "#EEEEEE", "edgecolor": "#666666", "linewidth": 0.6}
        axis.text(node, 0, str(node), ha="center", va="center", fontsize=8, bbox=box)
    axis.set(xlim=(-0.3, cell.nodes - 0.7), ylim=(-0.75, 0.6))
    axis.set_axis_off()


@PAPER.figure("The training protocol", number="Table 1", options=_published_protocol)
def protocol(*, name: str, settings: Protocol) -> Drawing:
    """The training protocol, as published and as the config has it."""
    rows = []
    for key, (label, published) in PROTOCOL.items():
        ours = getattr(settings, key)
        rows.append((label, str(published), str(ours), "yes" if ours == published else "no"))
    data = pd.DataFrame(rows, columns=["setting", "published", "config", "same"])
    figure, axis = canvas(1, 1, 6.5, 0.5 + 0.27 * len(data))
    text_table(axis, data, widths=[0.42, 0.2, 0.2, 0.18])
    note = f"Published: NAS-Bench-201, H-dagger. Config: protocol {name!r} with its defaults filled in."
    return Drawing(figure, data, note)
