"""Which operations of the DARTS space matter, by a surrogate (Fig. 3 and 4)."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from nascope.drawing.boxes import draw_band, draw_boxes
from nascope.drawing.style import Drawing, canvas, primitive_colour
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Chosen, held_out
from nascope.papers.redundancy.look import (
    BAR_COLUMNS,
    BOX_COLUMNS,
    SIGNS,
    bars_by_primitive,
    beyond_note,
    boxes_by_primitive,
    stamped,
)
from nascope.papers.redundancy.paper import PAPER
from nascope.papers.redundancy.reference import FIG_3
from nascope.schemas.importance import GenotypeImportance, Predictions
from nascope.spaces.darts import PRIMITIVES

_CELLS = {"normal": "normal cells", "reduce": "reduction cells"}
_SUBSETS = {"top": "best", "rest": "middle", "bottom": "worst", "uniform": "any"}
_POSITIONS = ("from cₖ₋₂", "from cₖ₋₁", "from a node")


def _options(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {"chosen": reads.chosen(plan), "threshold": plan.section.importance.threshold}


@PAPER.figure(
    "Operation importance by primitive, in the DARTS space",
    number="Fig. 3",
    tables=lambda plan: reads.DARTS,
    options=_options,
)
def darts_importance(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, chosen: Chosen, threshold: float
) -> Drawing:
    """Importance by primitive in the normal and reduction cells of the best, middle, worst and any genotypes."""
    figure, axes = canvas(2, len(_SUBSETS), 13, 5.2, sharey="row")
    records = []
    panels = product(_CELLS.items(), _SUBSETS.items())
    for axis, ((kind, cells), (subset, label)) in zip(axes.flat, panels, strict=True):
        boxes = boxes_by_primitive(axis, _operations(genotype_importance, kind, subset), PRIMITIVES, threshold)
        records += [(subset, kind, *box) for box in boxes]
        axis.set_title(f"{label} genotypes, {cells}")
    for axis in axes[:, 0]:
        axis.set_ylabel("importance\n(percentage points of error)")
    medians = [FIG_3[op] for op in PRIMITIVES]
    axes[0, 0].plot(range(1, len(medians) + 1), medians, "D", color="black", markersize=3, label="paper's medians")
    axes[0, 0].legend(fontsize=7, loc="lower left")
    data = pd.DataFrame(records, columns=["subset", "cell_type", *BOX_COLUMNS])
    source = _source(genotype_importance, predictions, chosen)
    return stamped(Drawing(figure, data, f"{source} {_band_note(threshold)}"), predictions, chosen.fitted)


@PAPER.figure(
    "How often primitives occur in the best and worst genotypes of the DARTS space, and how often they matter",
    number="Fig. 4",
    tables=lambda plan: reads.DARTS,
    options=_options,
)
def darts_counts(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, chosen: Chosen, threshold: float
) -> Drawing:
    """How often each primitive occurs in the best and worst genotypes, and how often it matters or does harm."""
    figure, axes = canvas(2, 2, 8.5, 5.4, sharex=True)
    records = []
    panels = product(SIGNS.items(), _CELLS.items())
    for axis, ((subset, sign), (kind, cells)) in zip(axes.flat, panels, strict=True):
        axis.set_title(f"{_SUBSETS[subset]} genotypes, {cells}")
        bars = bars_by_primitive(axis, _operations(genotype_importance, kind, subset), PRIMITIVES, threshold, sign)
        records += [(subset, kind, *bar) for bar in bars]
    for axis in axes[:, 0]:
        axis.set_ylabel("operations")
    data = pd.DataFrame(records, columns=["subset", "cell_type", *BAR_COLUMNS])
    source = _source(genotype_importance, predictions, chosen)
    return stamped(
        Drawing(figure, data, f"{source} {beyond_note(threshold)} (paper: NAS-Bench-301)."), predictions, chosen.fitted
    )


@PAPER.figure(
    "Importance of skip connections by where they come from",
    tables=lambda plan: reads.DARTS,
    options=_options,
)
def skip_positions(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, chosen: Chosen, threshold: float
) -> Drawing:
    """Importance of the skip connections of normal cells by where they come from."""
    is_skip = genotype_importance["primitive"] == "skip_connect"
    skips = genotype_importance[is_skip & (genotype_importance["cell_type"] == "normal")]
    data = skips.assign(position=np.take(_POSITIONS, np.minimum(skips["source"], 2)))
    figure, axes = canvas(1, len(_SUBSETS), 11.5, 3.2, sharey=True)
    for axis, (subset, label) in zip(axes, _SUBSETS.items(), strict=True):
        skips = data[data["subset"] == subset]
        values = [100 * skips.loc[skips["position"] == place, "importance"].to_numpy() for place in _POSITIONS]
        draw_boxes(axis, values, [primitive_colour("skip_connect")] * len(values))
        draw_band(axis, threshold)
        names = [f"{place}\n({len(sample)})" for place, sample in zip(_POSITIONS, values, strict=True)]
        axis.set_xticks(range(1, len(values) + 1), names)
        axis.set_title(f"{label} genotypes")
    axes[0].set_ylabel("importance of the skip\n(percentage points of error)")
    data = data[["subset", "position", "genotype", "edge", "source", "importance"]]
    source = _source(genotype_importance, predictions, chosen)
    return stamped(
        Drawing(figure, data, f"{source} In brackets: number of skips. {_band_note(threshold)}"),
        predictions,
        chosen.fitted,
    )


def _operations(table: pd.DataFrame, kind: str, subset: str) -> pd.DataFrame:
    return table[(table["cell_type"] == kind) & (table["subset"] == subset)]


def _source(importance: pd.DataFrame, predictions: pd.DataFrame, chosen: Chosen) -> str:
    return (
        f"{importance['genotype'].nunique()} genotypes: the best and the worst {chosen.share}, as many of the others "
        f"and as many of all, by a {chosen.fitted}, which reaches {held_out(predictions)}. 6 to 9 neighbours per edge."
    )


def _band_note(threshold: float) -> str:
    return f"Grey band: ±{100 * threshold:g} percentage points (paper: NAS-Bench-301)."
