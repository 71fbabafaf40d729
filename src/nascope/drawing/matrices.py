"""Drawing matrices and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes


def heat_map(axis: Axes, matrix: np.ndarray, labels: list[str], second: np.ndarray | None = None) -> None:
    """Draw a matrix of correlations with their values.

    Args:
        axis: to draw on.
        matrix: correlations, (labels, labels).
        labels: of rows and columns.
        second: other values, of the same shape, written below the correlations in brackets.
    """
    axis.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu_r")
    axis.grid(visible=False)
    long = any("\n" in text for text in labels)
    axis.set_xticks(range(len(labels)), labels, fontsize=7, rotation=45 if long else 0)
    axis.set_yticks(range(len(labels)), labels, fontsize=7)
    for (row, column), value in np.ndenumerate(matrix):
        text = f"{value:.3f}" if second is not None else f"{value:.2f}"
        if second is not None:
            text += f"\n({second[row, column]:.2f})"
        axis.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=7,
            color="white" if abs(value) > 0.6 else "black",
        )


def text_table(axis: Axes, frame: pd.DataFrame, *, widths: list[float] | None = None) -> None:
    """Draw a frame of strings as a table that fills the axis.

    Args:
        axis: to draw on.
        frame: what to print.
        widths: of the columns, as shares of the axis (None: equal).
    """
    axis.set_axis_off()
    if frame.empty:
        axis.text(0.5, 0.5, "none", ha="center", va="center", transform=axis.transAxes)
        return
    drawn = axis.table(frame.to_numpy(), colLabels=list(frame.columns), colWidths=widths, cellLoc="left", loc="center")
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(8)
    drawn.scale(1, 1.35)
    for (row, _), cell in drawn.get_celld().items():
        cell.set_linewidth(0)
        cell.visible_edges = "B"
        if row == 0:
            cell.set_text_props(weight="bold")
