"""Pattern-constrained samples by a surrogate's predictions (Fig. 9)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.drawing.boxes import draw_boxes
from nascope.drawing.style import Drawing, canvas
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted, held_out
from nascope.papers.redundancy.look import GROUP_COLOURS
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import PatternPredictions, Predictions
from nascope.schemas.results import SURROGATE_PATTERNS, SURROGATE_PREDICTIONS
from nascope.spaces.patterns import GROUPS

_WIRINGS = {"corrected": "corrected wiring", "as_coded": "as coded (wider)"}


@PAPER.figure(
    "Predicted error of pattern-constrained samples, corrected and as coded",
    number="Fig. 9",
    tables=lambda plan: {"pattern_predictions": SURROGATE_PATTERNS, "predictions": SURROGATE_PREDICTIONS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def pattern_predicted(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Drawing:
    """Predicted error of Random, Skip, Prim and PrimSkip samples, both wirings, and at equal width."""
    figure, axes = canvas(1, 3, 11, 3.6)
    for axis, (wiring, title) in zip(axes[:2], _WIRINGS.items(), strict=True):
        part = pattern_predictions[pattern_predictions["wiring"] == wiring]
        values = [100 * part.loc[part["group"] == group, "predicted"].to_numpy() for group in GROUPS]
        draw_boxes(axis, values, ["#56B4E9"] * len(GROUPS))
        widths = part.groupby("group")["width"].mean()
        axis.set_xticks(range(1, len(GROUPS) + 1), [f"{group}\n{widths[group]:.2f}c" for group in GROUPS], fontsize=7)
        axis.set_title(title)
    axes[0].set_ylabel("predicted error (%)")
    _draw_by_width(axes[2], pattern_predictions)
    note = (
        f"{int(pattern_predictions.groupby(['wiring', 'group']).size().max())} samples per group, below each group its "
        f"mean width; errors predicted by a {fitted} with {held_out(predictions)} (paper: NAS-Bench-301)."
    )
    return Drawing(figure, pattern_predictions, note)


def _draw_by_width(axis: Axes, predictions: pd.DataFrame) -> None:
    """Mean predicted error of each group by width of the normal cell, corrected wiring."""
    corrected = predictions[predictions["wiring"] == "corrected"]
    means = corrected.groupby(["group", "width"])["predicted"].mean().mul(100).reset_index()
    for group in GROUPS:
        part = means[means["group"] == group]
        axis.plot(
            part["width"],
            part["predicted"],
            "o-",
            color=GROUP_COLOURS[group],
            markersize=3,
            linewidth=1,
            label=group,
        )
    axis.set_xlabel("width of the normal cell (c)")
    axis.set_title("at equal width (corrected), means")
    axis.legend(fontsize=7)
