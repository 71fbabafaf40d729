"""One look for all figures, and how they reach the disk."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from nascope.tables import write_figure_data

#: Colour-blind safe (Okabe & Ito), one colour a primitive in every figure.
PRIMITIVE_COLOURS = {
    "sep_conv_3x3": "#0072B2",
    "sep_conv_5x5": "#56B4E9",
    "sep_conv_7x7": "#003B5C",
    "dil_conv_3x3": "#009E73",
    "dil_conv_5x5": "#7FCDB4",
    "conv_7x1_1x7": "#5C4B8A",
    "conv_3x1_1x3": "#9B8AC4",
    "skip_connect": "#E69F00",
    "max_pool_3x3": "#D55E00",
    "avg_pool_3x3": "#CC79A7",
    "nor_conv_1x1": "#56B4E9",
    "nor_conv_3x3": "#0072B2",
    "none": "#999999",
    "noise": "#000000",
}
#: Names of primitives short enough for ticks.
SHORT = {
    "sep_conv_3x3": "sep3",
    "sep_conv_5x5": "sep5",
    "sep_conv_7x7": "sep7",
    "dil_conv_3x3": "dil3",
    "dil_conv_5x5": "dil5",
    "conv_7x1_1x7": "7x1",
    "conv_3x1_1x3": "3x1",
    "skip_connect": "skip",
    "max_pool_3x3": "max",
    "avg_pool_3x3": "avg",
    "nor_conv_1x1": "conv1",
    "nor_conv_3x3": "conv3",
    "none": "none",
    "noise": "noise",
}

_SETTINGS = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "figure.dpi": 100,
    "savefig.dpi": 160,
}
mpl.rcParams.update(_SETTINGS)
_NOTE_HEIGHT = 0.16  # inches a line


@dataclass(frozen=True)
class Drawing:
    """A figure, the data it draws, and where they come from.

    Attributes:
        figure: matplotlib figure.
        data: exactly what is drawn, tidy.
        source: data set, protocol, number of seeds and origin, one sentence; printed below the figure.
    """

    figure: Figure
    data: pd.DataFrame
    source: str


def canvas(rows: int, columns: int, width: float, height: float, **kwargs: object) -> tuple[Figure, object]:
    """Subplots in nascope's style; size in inches."""
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **kwargs)


def save_drawing(
    drawing: Drawing, pdf: Path | str, png: Path | str, data: Path | str, origin: Mapping[str, str]
) -> None:
    """Write the page, the picture and the data; the page and the picture carry the source as a footnote."""
    figure = drawing.figure
    columns = int(figure.get_figwidth() * 19)
    note = textwrap.fill(drawing.source, columns)
    share = (_NOTE_HEIGHT * (note.count("\n") + 1) + 0.08) / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, share, 1, 1 - share))  # type: ignore[union-attr]
    figure.text(0.01, 0.01, note, fontsize=6.5, color="#555555", va="bottom")
    figure.savefig(pdf, metadata={"CreationDate": None})
    figure.savefig(png, metadata={"Software": "nascope"})
    plt.close(figure)
    write_figure_data(drawing.data, data, {**origin, "source": drawing.source})
