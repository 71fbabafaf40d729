"""The space itself: Fig. 1 and Tables 1-3."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from nascope.figures.graphs import arrow
from nascope.figures.matrices import text_table
from nascope.figures.nasbench201.tables import RESNET, published_source
from nascope.figures.style import PRIMITIVE_COLOURS, Drawing, canvas
from nascope.reference import NASBENCH101, NASBENCH201, NASBENCH201_PROTOCOL
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell, edges_of, nodes_of, unique_string

#: Whether the table saves an algorithm its search and the evaluation of what it finds.
_KINDS = {"sample-based": ("yes", "yes"), "one-shot": ("no: a supernet is trained", "yes")}


def skeleton(options: dict[str, Any]) -> Drawing:
    """Fig. 1: the macro skeleton, a cell of the space, and its operations."""
    protocol = options["protocol"]
    figure, (top, bottom) = canvas(2, 1, 8, 3.9, height_ratios=[1, 1.6])
    channels, cells = protocol["channels"], protocol["cells"]
    blocks = ["image", f"3x3 conv\n{channels}"]
    for stage in range(3):
        width = channels * 2**stage
        blocks += ([f"residual\nblock\n{width}, stride 2"] if stage else []) + [f"{cells} cells\n{width} channels"]
    blocks += ["global\npooling", "classifier"]
    for place, text in enumerate(blocks):
        face = "#FCE4C4" if "cells" in text else "#DCE9F5"
        box = {"boxstyle": "round,pad=0.35", "facecolor": face, "edgecolor": "#666666", "linewidth": 0.6}
        top.text(place, 0, text, ha="center", va="center", fontsize=7, bbox=box)
        if place:
            style = {"arrowstyle": "-|>", "mutation_scale": 7, "shrinkA": 20, "shrinkB": 20, "color": "#666666"}
            top.add_patch(FancyArrowPatch((place - 1, 0), (place, 0), **style))
    top.set(xlim=(-0.6, len(blocks) - 0.4), ylim=(-1, 1))
    top.set_axis_off()
    cell = NasBench201Cell.parse(RESNET)
    _draw_cell(bottom, cell)
    for colour_place, op in enumerate(PRIMITIVES):
        bottom.plot([], [], color=PRIMITIVE_COLOURS[op], linewidth=2, label=op, zorder=-colour_place)
    bottom.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="operations")
    pairs = enumerate(edges_of(cell.nodes))
    data = pd.DataFrame([(edge, source, node, cell.ops[edge]) for edge, (source, node) in pairs])
    data.columns = ["edge", "source", "node", "operation"]
    note = (
        f"Drawn from nascope's own definitions; channels and cells are those of the protocol {options['name']!r}. "
        f"The cell is the benchmark's ResNet cell; a node sums its edges, node 0 is the input, node {cell.nodes - 1} "
        f"the output; each of the {len(cell.ops)} edges has one of {len(PRIMITIVES)} operations. No data set, no "
        "training."
    )
    return Drawing(figure, data, note)


def _draw_cell(axis: Axes, cell: NasBench201Cell) -> None:
    for source, node, op in cell.edges:
        bend = 0.2 * (node - source - 1) * (-1) ** source
        arrow(axis, (source, 0), (node, 0), PRIMITIVE_COLOURS[op], bend)
    for node in range(cell.nodes):
        box = {"boxstyle": "circle,pad=0.3", "facecolor": "#EEEEEE", "edgecolor": "#666666", "linewidth": 0.6}
        axis.text(node, 0, str(node), ha="center", va="center", fontsize=8, bbox=box)
    axis.set(xlim=(-0.3, cell.nodes - 0.7), ylim=(-0.75, 0.6))
    axis.set_axis_off()


def protocol(options: dict[str, Any]) -> Drawing:
    """Table 1: the training protocol, as published and as the config has it."""
    ours = options["protocol"]
    rows = []
    for key, (label, published) in NASBENCH201_PROTOCOL.items():
        rows.append((label, str(published), str(ours[key]), "yes" if ours[key] == published else "no"))
    data = pd.DataFrame(rows, columns=["setting", "published", "config", "same"])
    figure, axis = canvas(1, 1, 6.5, 0.5 + 0.27 * len(data))
    text_table(axis, data, widths=[0.42, 0.2, 0.2, 0.18])
    note = f"Published: NAS-Bench-201, H-dagger. Config: protocol {options['name']!r} with its defaults filled in."
    return Drawing(figure, data, note)


def spaces(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 2: NAS-Bench-101 and NAS-Bench-201 as published, and what is counted here."""
    cells = [NasBench201Cell.parse(text) for text in benchmark.drop_duplicates("index")["genotype"]]
    marks = {unique_string(cell, zeros="mark") for cell in cells}
    datasets = {name.removesuffix("-valid") for name in benchmark["dataset"]}
    counted = {
        "architectures": f"{len(cells):,}",
        "unique architectures": f"{len(marks):,} (the authors' strings); {benchmark['key'].nunique():,} functions",
        "data sets": str(len(datasets)),
        "operations": str(len({op for cell in cells for op in cell.ops})),
        "nodes": str(nodes_of(len(cells[0].ops))),
    }
    names = list(counted)
    data = pd.DataFrame(
        {
            "quantity": names,
            "NAS-Bench-101 (published)": [NASBENCH101[name] for name in names],
            "NAS-Bench-201 (published)": [NASBENCH201[name] for name in names],
            "counted in the table": [counted[name] for name in names],
        }
    )
    figure, axis = canvas(1, 1, 9, 0.5 + 0.3 * len(data))
    text_table(axis, data, widths=[0.2, 0.22, 0.22, 0.36])
    note = f"{published_source(options['table'])}. Functions: nascope's canonical key, proved by equal network outputs."
    return Drawing(figure, data, note)


def speedups(options: dict[str, Any]) -> Drawing:
    """Table 3: what a table of the whole space saves each algorithm."""
    rows = [(name, kind, *_KINDS[kind]) for kind, names in options["algorithms"].items() for name in names]
    data = pd.DataFrame(rows, columns=["algorithm", "kind", "search by lookup", "evaluation by lookup"])
    figure, axis = canvas(1, 1, 7, 0.5 + 0.27 * len(data))
    text_table(axis, data)
    note = "The algorithms of this workflow, by how nascope runs them: on an oracle, or with a supernet. No data set."
    return Drawing(figure, data, note)
