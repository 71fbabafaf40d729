"""Published cells with others in place of unimportant operations, or of the reduction cell (Fig. 8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.analysis.predicted import REDUCTION
from nascope.drawing.style import Drawing, canvas
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.edits import edited, small
from nascope.papers.redundancy.fitted import Fitted, held_out
from nascope.papers.redundancy.look import stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, PatternPredictions, Predictions, Replacements
from nascope.spaces.removal import ORDERS

_MOST, _LEAST = ORDERS
_MARKS = {
    "unimportant operations": ("o", "#0072B2"),
    "important operations": ("^", "#D55E00"),
    REDUCTION: ("s", "#009E73"),
}


@PAPER.figure(
    "Published cells with others in place of unimportant or important operations, or of the reduction cell",
    number="Fig. 8",
    tables=lambda plan: {**reads.REPLACEMENTS, **reads.PATTERNS, **reads.PUBLISHED},
    options=reads.predicted,
)
def published_edited(
    replacements: Replacements,
    pattern_predictions: PatternPredictions,
    genotype_importance: GenotypeImportance,
    predictions: Predictions,
    *,
    fitted: Fitted,
    threshold: float,
) -> Drawing:
    """Change of each published cell's predicted error by what is replaced."""
    published = replacements[replacements["subset"] != "top"]
    parts = {
        "unimportant operations": edited(published, genotype_importance, threshold, _LEAST, important=False),
        "important operations": edited(published, genotype_importance, threshold, _MOST, important=True),
        REDUCTION: published[published["order"] == REDUCTION],
    }
    data = pd.concat([part.assign(replaced=name) for name, part in parts.items()], ignore_index=True)
    names = list(parts[REDUCTION].sort_values("error")["subset"])
    margin = small(pattern_predictions)
    figure, axis = canvas(1, 1, 8.5, 0.19 * len(names) + 1.1)
    axis.axvspan(-margin, margin, color="#999999", alpha=0.25, linewidth=0)
    axis.axvline(0, color="black", linewidth=0.6)
    for name, part in parts.items():
        marker, colour = _MARKS[name]
        places = part["subset"].map(names.index)
        label = f"{name}: mean {100 * part['change'].mean():+.2f}"
        axis.scatter(100 * part["change"], places, s=18, marker=marker, color=colour, label=label, alpha=0.85)
    errors = published.groupby("subset")["error"].first()
    axis.set_yticks(np.arange(len(names)), [f"{name} ({100 * errors[name]:.2f}%)" for name in names], fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("change of predicted error (percentage points)")
    figure.legend(fontsize=7, loc="outside upper center", ncols=len(parts))
    note = (
        f"{len(names)} published genotypes of the DARTS space, in brackets their predicted error; mean prediction with "
        f"others, drawn at random, in place of what the legend says (important: at least {100 * threshold:g} "
        f"percentage points), by a {fitted} with {held_out(predictions)}. Grey: half the standard deviation of random "
        "cells."
    )
    drawn = data[["subset", "replaced", "step", "error", "change"]].rename(columns={"subset": "name"})
    return stamped(Drawing(figure, drawn, note), predictions, fitted)
