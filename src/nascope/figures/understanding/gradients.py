"""Variance of gradients around trained weights, and how it and the basin go with width (Fig. 7, 20-23)."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.colors import LogNorm

from nascope.analysis.flatness import RISE, basins, mean_variances
from nascope.figures.style import Drawing, canvas
from nascope.figures.understanding.curves import scatter_with_correlation
from nascope.figures.understanding.panels import STATISTICS, Panels, by_family, by_width, colour_bar, measured

_MODES = {"running": "running BatchNorm", "batch": "batch BatchNorm"}


def gradient_variance(genotypes: pd.DataFrame, gradients: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 7: heat maps of the variance of mini-batch gradients, a column a width."""
    data = _drawn(genotypes, gradients, options)
    return _heat_maps(by_width(data), options)


def family_gradients(genotypes: pd.DataFrame, gradients: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 20, 21 and 23: the same for other published cells and variants of each, a row a cell."""
    data = _drawn(genotypes, gradients, options)
    return _heat_maps(by_family(data), options)


def gradient_surfaces(genotypes: pd.DataFrame, gradients: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 22: the variance of mini-batch gradients as surfaces, a column a width."""
    data = _drawn(genotypes, gradients, options)
    figure = by_width(data).surfaces("variance", "log10 of the gradient variance (nats²)")
    return Drawing(figure, data, _note(data, options))


def geometry(
    genotypes: pd.DataFrame,
    landscape: pd.DataFrame,
    gradients: pd.DataFrame,
    sharpness: pd.DataFrame,
    options: dict[str, Any],
) -> Drawing:
    """Basin, gradient variance and sharpness of each network against its cell's width."""
    variances = mean_variances(gradients)
    basin = basins(landscape[landscape["batch_norm"] == options["batch_norm"]])
    sharpness = sharpness[sharpness["batch_norm"] == sharpness["batch_norm"].iloc[0]]
    columns = {
        f"share of the plane within {RISE:g} nat": basin.rename(columns={"basin": "value"}),
        **{
            f"gradient variance (nats²),\n{_batches(size)}, {_MODES[mode]}": part.rename(columns={"variance": "value"})
            for (mode, size), part in variances.groupby(["batch_norm", "batch_size"])
        },
        "largest Hessian eigenvalue": sharpness.rename(columns={"top_eigenvalue": "value"}),
        "trace of the Hessian": sharpness.rename(columns={"trace": "value"}),
    }
    figure, axes = canvas(1, len(columns), 2.4 * len(columns), 3, squeeze=False)
    tables = []
    for axis, (label, table) in zip(axes[0], columns.items(), strict=True):
        data = measured(genotypes, table[["study", "key", "seed", "value"]])
        scatter_with_correlation(axis, data, "value", "width")
        axis.title.set_fontsize(7.5)
        axis.set_ylabel(label, fontsize=7)
        axis.set_xlabel("width of the normal cell (c)", fontsize=7)
        if "variance" in label:
            axis.set_yscale("log")
        tables.append(data.assign(measure=label))
    data = pd.concat(tables, ignore_index=True)
    note = (
        f"{data['name'].nunique()} cells trained here on {options['dataset']} with protocol {options['protocol']}, "
        f"{data['seed'].nunique()} seed(s). Basin and variance (its geometric mean) on the plane of two "
        "filter-normalised directions; eigenvalue by Lanczos, trace by Hutchinson, at the trained weights. Intervals: "
        "bootstrap over cells and seeds, 95%."
    )
    return Drawing(figure, data, note)


def _drawn(genotypes: pd.DataFrame, gradients: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """The largest mini-batches, which are nearest to what training steps see, in one mode of BatchNorm."""
    data = measured(genotypes, gradients[gradients["batch_norm"] == options["batch_norm"]], options["seed"])
    return data[data["batch_size"] == data["batch_size"].max()]


def _batches(size: int) -> str:
    return "single images" if size == 1 else f"mini-batches of {size}"


def _heat_maps(panels: Panels, options: dict[str, Any]) -> Drawing:
    values = panels.data["variance"]
    norm = LogNorm(max(values.min(), 1e-6 * values.max()), values.max())
    figure, axes, image = panels.heat_maps("variance", norm)
    colour_bar(figure, image, axes, "gradient variance (nats²)")
    return Drawing(figure, panels.data, _note(panels.data, options))


def _note(data: pd.DataFrame, options: dict[str, Any]) -> str:
    return (
        f"E ||g - E g||² over the gradients of {_batches(data['batch_size'].iloc[0])} cut from "
        f"{data['images'].iloc[0]} {options['split']} images of {options['dataset']}, all parameters, near weights "
        f"trained here with protocol {options['protocol']}, {data['seed'].nunique()} seed(s), in the plane of the loss "
        f"contours; BatchNorm with {STATISTICS[options['batch_norm']]}. One colour scale for all panels (paper: "
        "CIFAR-10; its mini-batches are not documented)."
    )
