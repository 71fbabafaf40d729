"""Pattern-constrained samples by a surrogate's predictions (Fig. 9)."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.predicted import PUBLISHED
from nascope.drawing.boxes import draw_boxes
from nascope.drawing.style import Drawing, canvas
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted, held_out
from nascope.papers.redundancy.look import GROUP_COLOURS, stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.papers.redundancy.reference import FIG_9
from nascope.schemas.importance import PatternPredictions, Predictions
from nascope.spaces.patterns import GROUPS

_WIRINGS = {"corrected": "corrected wiring", "as_coded": "as coded (wider)"}


@PAPER.figure(
    "Predicted error of pattern-constrained samples, corrected and as coded, and of published cells",
    number="Fig. 9",
    tables=lambda plan: reads.PATTERNS,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def pattern_predicted(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Drawing:
    """Predicted error of Random, Skip, Prim and PrimSkip samples, both wirings, and at equal width."""
    table = pattern_predictions
    figure, axes = canvas(1, 3, 11, 3.6)
    for axis, (wiring, title) in zip(axes[:2], _WIRINGS.items(), strict=True):
        _draw_groups(axis, table[table["wiring"].isin((wiring, PUBLISHED))])
        axis.set_title(title)
    axes[1].plot(range(1, len(GROUPS) + 1), FIG_9.values(), "D", color="#D55E00", markersize=4, label="paper's medians")
    axes[1].legend(fontsize=7)
    axes[0].set_ylabel("predicted error (%)")
    _draw_by_width(axes[2], table)
    note = (
        f"{int(table[table['group'] != PUBLISHED].groupby(['wiring', 'group']).size().max())} samples per group, "
        f"{(table['group'] == PUBLISHED).sum()} published cells; below each group its mean width. Errors predicted by "
        f"a {fitted} with {held_out(predictions)} (paper: NAS-Bench-301, 100 samples per group, as coded)."
    )
    return stamped(Drawing(figure, table.drop(columns="refits"), note), predictions, fitted)


def _draw_groups(axis: Axes, table: pd.DataFrame) -> None:
    """A box for each group and for published cells, with mean widths."""
    groups = (*GROUPS, PUBLISHED)
    values = [100 * table.loc[table["group"] == group, "predicted"].to_numpy() for group in groups]
    draw_boxes(axis, values, ["#56B4E9"] * len(GROUPS) + ["#D55E00"])
    widths = table.groupby("group")["width"].mean()
    axis.set_xticks(range(1, len(groups) + 1), [f"{group}\n{widths[group]:.2f}c" for group in groups], fontsize=7)


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
