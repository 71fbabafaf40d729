"""What several figures of this paper draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.drawing.boxes import draw_band, draw_boxes
from nascope.drawing.style import Drawing, primitive_colour, short
from nascope.papers.redundancy.gates import no_signal

if TYPE_CHECKING:
    from nascope.papers.redundancy.fitted import Fitted

#: Colours of pattern-constrained groups.
GROUP_COLOURS = {"Random": "#999999", "Skip": "#E69F00", "Prim": "#009E73", "PrimSkip": "#0072B2"}
BOX_COLUMNS = ("primitive", "operations", "q25_pp", "median_pp", "q75_pp")
BAR_COLUMNS = ("primitive", "operations", "beyond_threshold")
#: Sets of good and bad cells, with the sign of the importances that count in them.
SIGNS: dict[str, Literal[1, -1]] = {"top": 1, "bottom": -1}


def boxes_by_primitive(
    axis: Axes, operations: pd.DataFrame, primitives: Sequence[str], threshold: float
) -> list[tuple[str, int, float, float, float]]:
    """Draw boxes of importance by primitive, with the band of those that do not count.

    Args:
        axis: where; its unit is percentage points of error.
        operations: with ``primitive`` and ``importance`` (fraction).
        primitives: in order.
        threshold: half the width of the band, a fraction.

    Returns:
        One row per primitive: see ``BOX_COLUMNS``; quartiles are NaN where it does not occur.
    """
    values = [100 * operations.loc[operations["primitive"] == op, "importance"].to_numpy() for op in primitives]
    draw_boxes(axis, values, [primitive_colour(op) for op in primitives])
    draw_band(axis, threshold)
    axis.set_xticks(range(1, len(primitives) + 1), [short(op) for op in primitives])
    rows = []
    for op, sample in zip(primitives, values, strict=True):
        low, median, high = np.percentile(sample, [25, 50, 75]) if len(sample) else [np.nan] * 3
        rows.append((op, len(sample), low, median, high))
    return rows


def bars_by_primitive(
    axis: Axes, operations: pd.DataFrame, primitives: Sequence[str], threshold: float, sign: Literal[1, -1]
) -> list[tuple[str, int, int]]:
    """Draw how often primitives occur, and how often their importance is beyond a threshold; the title has the share.

    Args:
        axis: where; a title that it has is continued.
        operations: with ``primitive`` and ``importance`` (fraction).
        primitives: in order.
        threshold: as a fraction.
        sign: 1 counts important operations, -1 harmful ones.

    Returns:
        One row per primitive: see ``BAR_COLUMNS``.
    """
    beyond = operations[sign * operations["importance"] > threshold]
    everywhere, strong = (
        part["primitive"].value_counts().reindex(primitives, fill_value=0) for part in (operations, beyond)
    )
    places = np.arange(len(primitives))
    what = "important" if sign > 0 else "harmful"
    axis.bar(places - 0.2, everywhere, 0.4, color="#BBBBBB", label="all")
    bars = axis.bar(places + 0.2, strong, 0.4, color=[primitive_colour(op) for op in primitives], label=what)
    axis.bar_label(bars, fontsize=6.5)
    axis.axhline(len(operations) / len(primitives), color="#666666", linestyle="--", linewidth=0.8, label="uniform")
    axis.set_xticks(places, [short(op) for op in primitives])
    axis.set_title(f"{axis.get_title()}: {what} {len(beyond) / len(operations):.0%}")
    axis.legend(fontsize=7)
    return [(op, int(everywhere[op]), int(strong[op])) for op in primitives]


def stamped(drawing: Drawing, predictions: pd.DataFrame, fitted: Fitted) -> Drawing:
    """A drawing, with "no signal" across it and the reason in its note where its surrogate knows nothing.

    Args:
        drawing: what is drawn by the surrogate's predictions.
        predictions: the surrogate's ``predictions`` table.
        fitted: what it is fitted to.
    """
    reason = no_signal(predictions, fitted)
    if not reason:
        return drawing
    look: dict[str, Any] = {"fontsize": 40, "color": "#D55E00", "alpha": 0.35, "rotation": 20}
    drawing.figure.text(0.5, 0.5, "no signal", ha="center", va="center", **look)
    return replace(drawing, source=f"{drawing.source} No signal: {reason}.")


def beyond_note(threshold: float) -> str:
    """What counts in :func:`bars_by_primitive`."""
    return f"Important: importance > {100 * threshold:g} percentage points, harmful: < -{100 * threshold:g}"


def scatter_at(axis: Axes, place: float, sample: np.ndarray, *, colour: str, size: float, alpha: float = 1.0) -> None:
    """Draw a sample as dots above a place, side by side."""
    spread = np.linspace(-0.15, 0.15, len(sample)) if len(sample) > 1 else np.zeros(len(sample))
    axis.scatter(place + spread, sample, s=size, color=colour, alpha=alpha, zorder=3, linewidths=0)
