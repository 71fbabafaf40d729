"""Grids around many trained networks side by side, on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from nascope.drawing.style import canvas

_PANEL = 1.9  # inches


class Limits(NamedTuple):
    """Ends of a scale."""

    low: float
    high: float


@dataclass(frozen=True)
class Panels:
    """Where each network's panel stands.

    Attributes:
        data: rows with ``panel``, ``a``, ``b`` and values.
        places: (row, column) by panel.
        titles: by panel.
    """

    data: pd.DataFrame
    places: dict[str, tuple[int, int]]
    titles: dict[str, str]

    def draw(self, projection: str | None = None) -> tuple[Figure, dict[str, Any]]:
        """An empty figure and the axes by panel; those of projection ``3d`` have no types in matplotlib."""
        rows, columns = (1 + max(place[k] for place in self.places.values()) for k in (0, 1))
        size = (_PANEL * columns + 0.9, (_PANEL + 0.15) * rows + 0.3)
        figure, grid = canvas(rows, columns, *size, squeeze=False, subplot_kw={"projection": projection})
        axes = {panel: grid[place] for panel, place in self.places.items()}
        for place, axis in np.ndenumerate(grid):
            if place not in self.places.values():
                axis.set_axis_off()
        for panel, axis in axes.items():
            axis.set_title(self.titles[panel], fontsize=8)
            axis.tick_params(labelsize=6)
            axis.grid(visible=False)
        return figure, axes

    def values(self, panel: str, value: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coordinates a and b (points,) and values (b, a) of a panel."""
        table = self.data[self.data["panel"] == panel].pivot_table(index="b", columns="a", values=value, dropna=False)
        return table.columns.to_numpy(), table.index.to_numpy(), table.to_numpy()

    def contours(self, value: str, limits: Limits, levels: int) -> tuple[Figure, dict[str, Axes], Any]:
        """Filled contours on one logarithmic scale; the figure, its axes by panel, and what a colour bar needs."""
        figure, axes = self.draw()
        steps, norm = np.geomspace(*limits, levels), LogNorm(*limits)
        for panel, axis in axes.items():
            a, b, z = self.values(panel, value)
            z = np.clip(np.nan_to_num(z, nan=limits.high, posinf=limits.high), *limits)
            image = axis.contourf(a, b, z, levels=steps, norm=norm, cmap="viridis")
            axis.contour(a, b, z, levels=steps, colors="white", linewidths=0.3)
        return figure, axes, image

    def heat_maps(self, value: str, limits: Limits) -> tuple[Figure, dict[str, Axes], Any]:
        """One coloured square per point, on one logarithmic scale; what :meth:`contours` returns."""
        figure, axes = self.draw()
        norm = LogNorm(*limits)
        for panel, axis in axes.items():
            a, b, z = self.values(panel, value)
            image = axis.pcolormesh(a, b, z, norm=norm, cmap="magma", shading="nearest")
        return figure, axes, image

    def surfaces(self, value: str, label: str) -> Figure:
        """The logarithm of the values as surfaces, with one height and colour scale."""
        figure, axes = self.draw("3d")
        heights = np.log10(self.data[value].where(lambda x: x > 0))
        low, high = heights.min(), heights[np.isfinite(heights)].max()
        for panel, axis in axes.items():
            a, b, z = self.values(panel, value)
            z = np.clip(np.log10(np.nan_to_num(z, nan=10**high, posinf=10**high)), low, high)
            surface = axis.plot_surface(*np.meshgrid(a, b), z, cmap="viridis", vmin=low, vmax=high, linewidth=0)
            axis.set_zlim(low, high)
            axis.tick_params(labelsize=5, pad=-3)
        figure.colorbar(surface, ax=list(axes.values()), label=label, shrink=0.7)
        return figure


def colour_bar(figure: Figure, image: Any, axes: dict[str, Axes], label: str) -> None:  # noqa: ANN401 - matplotlib
    """The scale that all panels share, a logarithmic one, with ticks at 1, 2 and 5 times powers of ten."""
    bar = figure.colorbar(image, ax=list(axes.values()), label=label)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.ax.yaxis.set_minor_locator(NullLocator())


def by_width(data: pd.DataFrame, most: int | None = None) -> Panels:
    """One column per width, the published cell's first; at most ``most`` cells in each."""
    return _panels(data, "group", most, across=True)


def by_family(data: pd.DataFrame) -> Panels:
    """One row per published cell, with its variants."""
    return _panels(data, "family", None, across=False)


def wrapped(data: pd.DataFrame, most: int, columns: int = 5) -> Panels:
    """The first ``most`` cells, row by row."""
    cells = list(data.drop_duplicates("panel").head(most).itertuples())
    places = {cell.panel: divmod(number, min(columns, len(cells))) for number, cell in enumerate(cells)}
    return Panels(data, places, {cell.panel: _title(cell) for cell in cells})


def _title(cell: Any) -> str:  # noqa: ANN401 - a row of pandas
    shape = "" if np.isnan(cell.width) else f": {cell.width:g}c, {cell.depth}"
    return f"{cell.panel}{shape}"


def _panels(data: pd.DataFrame, column: str, most: int | None, *, across: bool) -> Panels:
    cells = data.drop_duplicates("panel")
    places, titles = {}, {}
    for group, name in enumerate(cells[column].unique()):
        for number, cell in enumerate(cells[cells[column] == name].head(most or len(cells)).itertuples()):
            places[cell.panel] = (number, group) if across else (group, number)
            titles[cell.panel] = _title(cell)
    return Panels(data, places, titles)
