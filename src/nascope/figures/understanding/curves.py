"""Training curves of variants, and how fast they fall (Fig. 3-5, 11-15)."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, ScalarFormatter

from nascope.analysis.convergence import convergence_measures as measures_of
from nascope.analysis.convergence import rank_correlation
from nascope.figures.style import Drawing, canvas
from nascope.training.summary import join_study

_ORIGINAL = "#0072B2"
_VARIANTS = ("#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#5C4B8A", "#999999")
_SCORES = {"test_loss": "test loss (nats)", "test_accuracy": "test accuracy (%)"}


def convergence(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 3 and 13: test loss and accuracy of a published cell and of its connection variants, a column a width."""
    table = join_study(genotypes, curves)
    data = _over_seeds(table, list(_SCORES))
    original = data[data["group"] == "original"]
    groups = [group for group in data["group"].unique() if group != "original"]
    figure, axes = canvas(2, len(groups), 2.6 * len(groups), 5, sharey="row", sharex=True, squeeze=False)
    for column, group in enumerate(groups):
        for axis, score in zip(axes[:, column], _SCORES, strict=True):
            _curves(axis, pd.concat([original, data[data["group"] == group]]), score)
        _loss_scale(axes[0, column])
        axes[0, column].set_title(f"width {group}")
        _legend(axes[0, column])
        axes[1, column].set_xlabel("epoch")
    for axis, label in zip(axes[:, 0], _SCORES.values(), strict=True):
        axis.set_ylabel(label)
    note = (
        f"{_trained(options, table)} Variants: random connections, operations kept, drawn by width (paper: CIFAR-10 "
        "and CIFAR-100, 600 epochs)."
    )
    return Drawing(figure, data, note)


def families(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 11-15: test loss of other published cells and of connection variants of each."""
    table = join_study(genotypes, curves)
    data = _over_seeds(table, ["test_loss"])
    names = list(data["family"].unique())
    figure, axes = canvas(1, len(names), 2.8 * len(names), 3, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        _curves(axis, data[data["family"] == family], "test_loss")
        _loss_scale(axis)
        axis.set_title(family)
        axis.set_xlabel("epoch")
        _legend(axis)
    axes[0, 0].set_ylabel("test loss (nats)")
    note = f"{_trained(options, table)} Variants: random connections, operations kept (paper: CIFAR-10, 600 epochs)."
    return Drawing(figure, data, note)


def rates(genotypes: list[pd.DataFrame], curves: list[pd.DataFrame], options: dict[str, Any]) -> Drawing:
    """Fig. 5: the same cells with other learning rates."""
    tables = [join_study(*pair) for pair in zip(genotypes, curves, strict=True)]
    data = pd.concat(
        [
            _over_seeds(table, list(_SCORES)).assign(learning_rate=rate)
            for table, rate in zip(tables, options["learning_rates"], strict=True)
        ],
        ignore_index=True,
    )
    figure, axes = canvas(2, len(tables), 2.9 * len(tables), 5, sharex="col", sharey="row", squeeze=False)
    for column, rate in enumerate(options["learning_rates"]):
        for axis, score in zip(axes[:, column], _SCORES, strict=True):
            _curves(axis, data[data["learning_rate"] == rate], score)
        _loss_scale(axes[0, column])
        axes[0, column].set_title(f"learning rate {rate:g}")
        axes[1, column].set_xlabel("epoch")
        _legend(axes[0, column])
    for axis, label in zip(axes[:, 0], _SCORES.values(), strict=True):
        axis.set_ylabel(label)
    protocols = ", ".join(options["protocols"])
    note = (
        f"Trained here on {options['dataset']} with protocols {protocols}: mean over {tables[0]['seed'].nunique()} "
        "seed(s), band from smallest to largest (paper: CIFAR-10, 600 epochs)."
    )
    return Drawing(figure, data, note)


def operations(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4: test accuracy of published cells and of variants with random operations."""
    table = join_study(genotypes, curves)
    data = _over_seeds(table, ["test_accuracy"])
    names = list(data["family"].unique())
    figure, axes = canvas(1, len(names), 2.6 * len(names), 3, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        _curves(axis, data[data["family"] == family], "test_accuracy", shapes=False)
        axis.set_title(family)
        axis.set_xlabel("epoch")
        _legend(axis, "lower right")
    axes[0, 0].set_ylabel("test accuracy (%)")
    note = f"{_trained(options, table)} Variants: random operations, connections kept (paper: CIFAR-10, 600 epochs)."
    return Drawing(figure, data, note)


def convergence_measures(genotypes: pd.DataFrame, curves: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Mean test loss over epochs, and epochs to a test loss, against width and depth."""
    table = join_study(genotypes, curves)
    data = measures_of(table, options["level"])
    labels = {
        "area": "mean test loss over epochs (nats)",
        "epochs_to_level": f"epochs to a test loss of {options['level']:g} nats",
    }
    figure, axes = canvas(2, 2, 8.5, 6, sharex="col", sharey="row")
    for line, (measure, label) in zip(axes, labels.items(), strict=True):
        for axis, against in zip(line, ("width", "depth"), strict=True):
            scatter_with_correlation(axis, data, measure, against)
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


def scatter_with_correlation(axis: Axes, data: pd.DataFrame, measure: str, against: str) -> None:
    """A measure of each cell and seed against the cells' width or depth, Spearman's correlation in the title."""
    cells = data.groupby("name").agg(x=(against, "first"), y=(measure, "mean"))
    spread = (cells["x"].rank(method="first") % 5 - 2) * 0.02  # keeps equal cells apart
    axis.scatter(data[against], data[measure], s=9, color="#999999", alpha=0.5, label="one seed")
    axis.scatter(cells["x"] + spread, cells["y"], s=24, color=_ORIGINAL, label="mean over seeds")
    value, low, high = rank_correlation(data, measure, against)
    axis.set_title(f"Spearman {value:.2f} [{low:.2f}, {high:.2f}]")


def _over_seeds(table: pd.DataFrame, scores: list[str]) -> pd.DataFrame:
    """Mean, smallest and largest of scores over seeds, a row a cell, epoch and score."""
    keys = ["family", "group", "name", "width", "depth", "epoch"]
    long = table.melt(keys, scores, "score", "value")
    return long.groupby([*keys, "score"], sort=False)["value"].agg(["mean", "min", "max"]).reset_index()


def _curves(axis: Axes, data: pd.DataFrame, score: str, *, shapes: bool = True) -> None:
    """One line a cell, the published one in blue; ``shapes`` adds width and depth to variants' labels."""
    count = data["name"].nunique()
    colours = iter(_VARIANTS if count <= len(_VARIANTS) else plt.get_cmap("viridis")(np.linspace(0, 1, count)))
    for name, cell in data[data["score"] == score].groupby("name", sort=False):
        first = cell.iloc[0]
        original = first["group"] == "original"
        colour = _ORIGINAL if original else next(colours)
        label = name if original or not shapes else f"{name} ({first['width']:g}c, {first['depth']})"
        axis.plot(cell["epoch"], cell["mean"], color=colour, label=label, linewidth=1.3)
        axis.fill_between(cell["epoch"], cell["min"], cell["max"], color=colour, alpha=0.15, linewidth=0)


def _legend(axis: Axes, place: str = "best") -> None:
    """Name the lines; of very many only the published cell's."""
    handles, names = axis.get_legend_handles_labels()
    count = len(handles) if len(handles) <= len(_VARIANTS) + 1 else 1
    axis.legend(handles[:count], names[:count], fontsize=7, loc=place)


def _loss_scale(axis: Axes) -> None:
    axis.set_yscale("log")
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_locator(FixedLocator([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]))


def _trained(options: dict[str, Any], table: pd.DataFrame) -> str:
    return (
        f"Trained here on {options['dataset']} with protocol {options['protocol']}: mean over "
        f"{table['seed'].nunique()} seed(s), band from smallest to largest."
    )
