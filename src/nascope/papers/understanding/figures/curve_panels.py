"""Learning curves of many cells in one panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, ScalarFormatter

from nascope.words import over_seeds as over_some_seeds

#: Colour of published cells.
ORIGINAL = "#0072B2"
_VARIANTS = ("#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#5C4B8A", "#999999")
#: Scores that are drawn, with the labels of their axes.
SCORES = {"test_loss": "test loss (nats)", "test_accuracy": "test accuracy (%)"}


def over_seeds(table: pd.DataFrame, scores: list[str]) -> pd.DataFrame:
    """Mean, smallest and largest of scores over seeds, one row per cell, epoch and score."""
    keys = ["family", "group", "name", "width", "depth", "epoch"]
    long = table.melt(keys, scores, "score", "value")
    return long.groupby([*keys, "score"], sort=False, dropna=False)["value"].agg(["mean", "min", "max"]).reset_index()


def draw_curves(axis: Axes, data: pd.DataFrame, score: str, *, shapes: bool = True) -> None:
    """One line per cell, the published one in blue; ``shapes`` adds width and depth to variants' labels."""
    colours = _variant_colours(data["name"].nunique())
    for name, cell in data[data["score"] == score].groupby("name", sort=False):
        first = cell.iloc[0]
        original = first["group"] == "original"
        colour = ORIGINAL if original else next(colours)
        plain = original or not shapes or np.isnan(first["width"])  # NAS-Bench-201 cells have no width
        label = name if plain else f"{name} ({first['width']:g}c, {first['depth']})"
        axis.plot(cell["epoch"], cell["mean"], color=colour, label=label, linewidth=1.3)
        axis.fill_between(cell["epoch"], cell["min"], cell["max"], color=colour, alpha=0.15, linewidth=0)


def draw_both_scores(axes: np.ndarray, data: pd.DataFrame, title: str) -> None:
    """Test loss above test accuracy: the two axes of a column."""
    for axis, score in zip(axes, SCORES, strict=True):
        draw_curves(axis, data, score)
    loss_scale(axes[0])
    axes[0].set_title(title)
    draw_legend(axes[0])
    axes[1].set_xlabel("epoch")


def draw_legend(axis: Axes, place: Literal["best", "lower right"] = "best") -> None:
    """Name the lines; of very many only the published cell's."""
    handles, names = axis.get_legend_handles_labels()
    count = len(handles) if len(handles) <= len(_VARIANTS) + 1 else 1
    axis.legend(handles[:count], names[:count], fontsize=7, loc=place)


def name_all_lines(axis: Axes) -> None:
    """Name the lines, where there are not too many to tell apart."""
    if len(axis.get_lines()) <= len(_VARIANTS):
        axis.legend(fontsize=7)


def loss_scale(axis: Axes) -> None:
    """A logarithmic scale with plain numbers."""
    axis.set_yscale("log")
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_locator(FixedLocator([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]))


def seeds_drawn(table: pd.DataFrame) -> str:
    """What lines and bands are, for notes."""
    return over_some_seeds(table.groupby(["family", "name"])["seed"].nunique(), "bands")


def _variant_colours(cells: int) -> Iterator[Any]:
    """Enough colours for the variants among some cells."""
    return iter(_VARIANTS if cells <= len(_VARIANTS) else mpl.colormaps["viridis"](np.linspace(0, 1, cells)))
