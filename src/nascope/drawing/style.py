"""One look for all figures, and how they reach the disk.

Importing this module changes no setting of matplotlib: figures are drawn and saved within :func:`look`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

import matplotlib as mpl
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from nascope.drawing.legends import NamingAxes
from nascope.drawing.powers import write_powers
from nascope.tables import write_figure_data

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

#: Colour-blind safe (Okabe & Ito), one colour per primitive in every figure.
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

_SETTINGS: dict[RcKeyType, Any] = {
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
    # Names are a user's text: "$g_{$" is no mathematics.
    "text.parse_math": False,
}
#: Colour-blind safe and easy to tell apart; further colours come from a colormap.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#555555")
_GOLDEN = 0.618034
_NOTE_HEIGHT = 0.16  # inches per line

Shared = bool | Literal["none", "all", "row", "col"]


@contextmanager
def look() -> Iterator[None]:
    """Figures that are drawn and saved in this block look like nascope's, whatever the user's settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def primitive_colour(name: str) -> str:
    """The colour of a primitive; one that is not known here has a colour that depends on its name."""
    return PRIMITIVE_COLOURS.get(name) or _further_colour(crc32(name.encode()))


def short(name: str) -> str:
    """A primitive's name, short enough for ticks; one that is not known here keeps its name."""
    return SHORT.get(name, name)


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, by their order; there are enough for any number of names."""
    different = dict.fromkeys(names)
    return {
        name: _COLOURS[place] if place < len(_COLOURS) else _further_colour(place)
        for place, name in enumerate(different)
    }


def _further_colour(number: int) -> str:
    """Colours along a colormap; steps of the golden ratio keep successive ones apart."""
    return to_hex(mpl.colormaps["viridis"](number * _GOLDEN % 1))


@dataclass(frozen=True)
class Drawing:
    """A figure, the data it draws, and where they come from.

    Attributes:
        figure: matplotlib figure.
        data: exactly what is drawn, one row per value or mark.
        source: data set, protocol, number of seeds and origin in words; printed below the figure.
    """

    figure: Figure
    data: pd.DataFrame
    source: str


def canvas(
    rows: int,
    columns: int,
    width: float,
    height: float,
    *,
    sharex: Shared = False,
    sharey: Shared = False,
    squeeze: bool = True,
    width_ratios: Sequence[float] | None = None,
    height_ratios: Sequence[float] | None = None,
    subplot_kw: dict[str, Any] | None = None,
) -> tuple[Figure, Any]:
    """A figure with a grid of axes, which matplotlib lays out; it needs no window and no ``close``.

    Args:
        rows: of the grid.
        columns: of the grid.
        width: of the figure, in inches.
        height: of the figure, in inches.
        sharex: see :func:`matplotlib.pyplot.subplots`, also for the other arguments.
        sharey: as there.
        squeeze: as there.
        width_ratios: as there.
        height_ratios: as there.
        subplot_kw: as there.

    Returns:
        The figure and the array of its axes (with ``squeeze`` one of them if there are no others).
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(
        rows,
        columns,
        sharex=sharex,
        sharey=sharey,
        squeeze=squeeze,
        width_ratios=width_ratios,
        height_ratios=height_ratios,
        subplot_kw=subplot_kw or {"axes_class": NamingAxes},
    )
    return figure, axes


def save_drawing(
    drawing: Drawing, pdf: Path | str, png: Path | str, data: Path | str, origin: Mapping[str, str]
) -> None:
    """Write the page, the picture and the data of a drawing, within :func:`look`.

    Args:
        drawing: its source is printed on the page and the picture as a footnote.
        pdf: path of the page.
        png: path of the picture.
        data: path of the table of what is drawn.
        origin: provenance, for the table's metadata.
    """
    figure = drawing.figure
    write_powers(figure)
    columns = int(figure.get_figwidth() * 19)
    note = textwrap.fill(drawing.source, columns)
    share = (_NOTE_HEIGHT * (note.count("\n") + 1) + 0.08) / figure.get_figheight()
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, share, 1, 1 - share))
    figure.text(0.01, 0.01, note, fontsize=6.5, color="#555555", va="bottom")
    figure.savefig(pdf, metadata={"CreationDate": None})
    figure.savefig(png, metadata={"Software": "nascope"})
    write_figure_data(drawing.data, data, {**origin, "source": drawing.source})
