"""Loss around trained weights: lines, contours, surfaces and the path of training (Fig. 6, 16-19)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from nascope.figures.style import Drawing, canvas
from nascope.figures.understanding.panels import STATISTICS, Panels, by_family, by_width, colour_bar, measured

_LEVELS = 14


def lines(genotypes: pd.DataFrame, landscape: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Loss along one random direction, a panel a width."""
    data = _grids(genotypes, landscape, "line", options)
    groups = list(data["group"].unique())
    figure, axes = canvas(1, len(groups), 2.3 * len(groups), 2.9, sharey=True, squeeze=False)
    for axis, group in zip(axes[0], groups, strict=True):
        for name, line in data[data["group"] == group].groupby("name", sort=False):
            axis.plot(line["a"], line["loss"], linewidth=1.2, label=name)
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(ScalarFormatter())
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_title(group if group == "original" else f"width {group}")
        axis.set_xlabel("multiple of the direction")
        axis.legend(fontsize=7)
    axes[0, 0].set_ylabel(f"{options['split']} loss (nats)")
    return Drawing(figure, data, _note(data, options, "one filter-normalised random direction"))


def contours(genotypes: pd.DataFrame, landscape: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 6 and 17: contours of the loss in the plane of two random directions, a column a width."""
    data = _grids(genotypes, landscape, "plane", options)
    figure = _contours(by_width(data), options)
    return Drawing(
        figure, data, _note(data, options, "two filter-normalised random directions, its own for each network")
    )


def family_contours(genotypes: pd.DataFrame, landscape: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 16, 18 and 19: contours for other published cells and variants of each, a column a cell."""
    data = _grids(genotypes, landscape, "plane", options)
    figure = _contours(by_family(data), options)
    return Drawing(
        figure, data, _note(data, options, "two filter-normalised random directions, its own for each network")
    )


def surfaces(genotypes: pd.DataFrame, landscape: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """The contours' planes as surfaces over the plane."""
    data = _grids(genotypes, landscape, "plane", options)
    figure = by_width(data).surfaces("loss", f"log10 of the {options['split']} loss (nats)")
    return Drawing(
        figure, data, _note(data, options, "two filter-normalised random directions, its own for each network")
    )


def trajectories(
    genotypes: pd.DataFrame, landscape: pd.DataFrame, trajectories: pd.DataFrame, options: dict[str, Any]
) -> Drawing:
    """The path of training in the plane of its two principal directions, on the contours of the loss there."""
    data = _grids(genotypes, landscape, "trajectory", options)
    paths = measured(genotypes, trajectories, options["seed"])
    panels = by_width(data, most=1)
    shown = data["panel"].isin(panels.places)
    data, paths = data[shown], paths[paths["panel"].isin(panels.places)]
    figure, axes, image = panels.contours("loss", _norm(data["loss"]), _LEVELS)
    for panel, path in paths.groupby("panel"):
        axes[panel].plot(path["a"], path["b"], "o-", color="black", markersize=2.5, linewidth=0.8)
        axes[panel].set_xlabel(f"{path['share_a'].iloc[0]:.0%} of the path's variance", fontsize=7)
        axes[panel].set_ylabel(f"{path['share_b'].iloc[0]:.0%}", fontsize=7)
    colour_bar(figure, image, axes, f"{options['split']} loss (nats)")
    both = pd.concat([data.assign(kind="loss"), paths.assign(kind="path")], ignore_index=True)
    note = _note(
        data, options, "the two principal directions of the weights kept during training, which ends at (0, 0)"
    )
    return Drawing(figure, both, note)


def _grids(genotypes: pd.DataFrame, landscape: pd.DataFrame, directions: str, options: dict[str, Any]) -> pd.DataFrame:
    chosen = (landscape["directions"] == directions) & (landscape["batch_norm"] == options["batch_norm"])
    return measured(genotypes, landscape[chosen], options["seed"])


def _contours(panels: Panels, options: dict[str, Any]) -> Figure:
    figure, axes, image = panels.contours("loss", _norm(panels.data["loss"]), _LEVELS)
    colour_bar(figure, image, axes, f"{options['split']} loss (nats)")
    return figure


def _norm(values: pd.Series) -> LogNorm:
    finite = values[np.isfinite(values)]
    return LogNorm(max(finite.min(), 1e-3), max(finite.max(), 2e-3))


def _note(data: pd.DataFrame, options: dict[str, Any], directions: str) -> str:
    images = options["images"] or "all"
    return (
        f"Loss on {images} {options['split']} images of {options['dataset']} near weights trained here with protocol "
        f"{options['protocol']}, {data['seed'].nunique()} seed(s), along {directions}; BatchNorm with "
        f"{STATISTICS[options['batch_norm']]}. One scale for all panels (paper: CIFAR-10, 600 epochs)."
    )
