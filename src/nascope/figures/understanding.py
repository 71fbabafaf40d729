"""Figures of "Understanding architectures learnt by cell-based NAS" (Shu et al. 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullFormatter, ScalarFormatter

from nascope.figures.graphs import draw_cell
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.spaces.published import published_cell
from nascope.spaces.topology import depth, width
from nascope.training.summary import join_study


def topologies(options: dict[str, Any]) -> Drawing:
    """Fig. 1: published normal cells with width and depth."""
    names = options["cells"]
    columns = min(3, len(names) + 1)
    rows = -(-(len(names) + 1) // columns)
    figure, axes = canvas(rows, columns, 3.3 * columns, 2.5 * rows, squeeze=False)
    records, used = [], set()
    for axis, name in zip(np.ravel(axes), names, strict=False):
        published = published_cell(name)
        cell = published.genotype.normal
        draw_cell(axis, cell)
        axis.set_title(f"{name}: width {width(cell):g}c, depth {depth(cell)}")
        used |= {op for op, _ in cell.edges}
        records.append((name, published.paper, published.year, str(published.genotype), width(cell), depth(cell)))
    for axis in np.ravel(axes)[len(names) :]:
        axis.set_axis_off()
    handles = [Line2D([], [], color=PRIMITIVE_COLOURS[op], label=SHORT[op]) for op in PRIMITIVE_COLOURS if op in used]
    np.ravel(axes)[-1].legend(handles=handles, loc="center", ncols=2, title="operations")
    table = pd.DataFrame(records, columns=["name", "paper", "year", "genotype", "width_c", "depth"])
    return Drawing(
        figure,
        table,
        "Normal cells as published; width in units of c and depth by the paper's definitions. No training.",
    )


def convergence(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 13: test loss of a published cell and of its connection variants, one panel a width."""
    table = join_study(genotypes, curves)
    grouped = table.groupby(["group", "name", "width", "depth", "epoch"], sort=False)
    data = grouped["test_loss"].agg(["mean", "min", "max"]).reset_index()
    original = data[data["group"] == "original"]
    groups = [group for group in data["group"].unique() if group != "original"]
    figure, axes = canvas(1, len(groups), 2.6 * len(groups), 3, sharey=True, squeeze=False)
    colours = ["#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"]
    for axis, group in zip(axes[0], groups, strict=True):
        _curve(axis, original, str(original["name"].iloc[0]), "#0072B2")
        variants = data[data["group"] == group].groupby("name", sort=False)
        for number, (name, variant) in enumerate(variants):
            label = f"{name} ({variant['width'].iloc[0]:g}c, {variant['depth'].iloc[0]})"
            _curve(axis, variant, label, colours[number % len(colours)])
        axis.set_title(f"width {group}")
        axis.set_xlabel("epoch")
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(ScalarFormatter())
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 2, 5]))
        axis.legend(fontsize=7)
    axes[0, 0].set_ylabel("test loss (nats)")
    seeds = table["seed"].nunique()
    note = (
        f"Trained here on {options['dataset']} with protocol {options['protocol']}: mean over {seeds} seed(s), band "
        "from smallest to largest. Variants: random connections, operations kept, drawn by width (paper: CIFAR-10, "
        "600 epochs)."
    )
    return Drawing(figure, data, note)


def _curve(axis: Any, data: pd.DataFrame, label: str, colour: str) -> None:  # noqa: ANN401 - matplotlib Axes
    axis.plot(data["epoch"], data["mean"], color=colour, label=label, linewidth=1.3)
    axis.fill_between(data["epoch"], data["min"], data["max"], color=colour, alpha=0.15, linewidth=0)
