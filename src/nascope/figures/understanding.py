"""Figures of "Understanding architectures learnt by cell-based NAS" (Shu et al. 2020)."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter, ScalarFormatter

from nascope.analysis import convergence as measures
from nascope.figures.graphs import draw_cell
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.spaces.published import published_cell
from nascope.spaces.topology import depth, width
from nascope.spaces.wirings import standing, wiring_distribution
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


def convergence_measures(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Mean test loss over epochs, and epochs to a test loss, against width and depth."""
    table = join_study(genotypes, curves)
    data = measures.convergence_measures(table, options["level"])
    labels = {
        "area": "mean test loss over epochs (nats)",
        "epochs_to_level": f"epochs to a test loss of {options['level']:g} nats",
    }
    figure, axes = canvas(2, 2, 8.5, 6, sharex="col", sharey="row")
    for line, (measure, label) in zip(axes, labels.items(), strict=True):
        for axis, against in zip(line, ("width", "depth"), strict=True):
            cells = data.groupby("name").agg(x=(against, "first"), y=(measure, "mean"))
            spread = (cells["x"].rank(method="first") % 5 - 2) * 0.02  # keeps equal cells apart
            axis.scatter(data[against], data[measure], s=9, color="#999999", alpha=0.5, label="one seed")
            axis.scatter(cells["x"] + spread, cells["y"], s=24, color="#0072B2", label="mean over seeds")
            value, low, high = measures.rank_correlation(data, measure, against)
            axis.set_title(f"Spearman {value:.2f} [{low:.2f}, {high:.2f}]")
        line[0].set_ylabel(label)
    axes[1, 0].set_xlabel("width of the normal cell (c)")
    axes[1, 1].set_xlabel("depth of the normal cell")
    axes[0, 1].legend()
    note = (
        f"{data['name'].nunique()} cells (published and connection variants, stratified by width) trained here on "
        f"{options['dataset']} with protocol {options['protocol']}, {data['seed'].nunique()} seed(s); cells that never "
        f"reach the level count as {int(table['epoch'].max()) + 1} epochs. 95% intervals: bootstrap over cells and "
        "seeds."
    )
    return Drawing(figure, data, note)


def operations(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4: test accuracy of a published cell and of variants with random operations."""
    table = join_study(genotypes, curves)
    grouped = table.groupby(["group", "name", "epoch"], sort=False)["test_accuracy"]
    data = grouped.agg(["mean", "min", "max"]).reset_index()
    figure, axis = canvas(1, 1, 6, 3.6)
    colours = iter(plt.get_cmap("tab10").colors[1:])
    for name, curve in data.groupby("name", sort=False):
        original = curve["group"].iloc[0] == "original"
        _curve(axis, curve, str(name), "#0072B2" if original else next(colours))
    axis.set_xlabel("epoch")
    axis.set_ylabel("test accuracy (%)")
    axis.legend(fontsize=7, loc="lower right")
    note = (
        f"{options['cell']} and {options['variants']} variants with random operations on its connections, trained here "
        f"on {options['dataset']} with protocol {options['protocol']}: mean over {table['seed'].nunique()} seed(s), "
        "band from smallest to largest (paper: CIFAR-10, 600 epochs)."
    )
    return Drawing(figure, data, note)


def _curve(axis: Any, data: pd.DataFrame, label: str, colour: str) -> None:  # noqa: ANN401 - matplotlib Axes
    axis.plot(data["epoch"], data["mean"], color=colour, label=label, linewidth=1.3)
    axis.fill_between(data["epoch"], data["min"], data["max"], color=colour, alpha=0.15, linewidth=0)
