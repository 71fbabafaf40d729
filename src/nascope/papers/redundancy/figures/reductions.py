"""What other reduction cells cost (section 4)."""

from __future__ import annotations

import numpy as np

from nascope.analysis.pairs import paired_changes
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import student_interval
from nascope.evidence.scope import Trained
from nascope.papers.redundancy.look import scatter_at
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.reductions import TREATMENTS

_LABELS = {
    "same": "normal cell\nfor both",
    "swapped": "cells\nswapped",
    "plain": "max pooling\nonly",
    "random": "random",
}


@PAPER.figure(
    "Do reduction cells matter? Published cells with other reduction cells",
    tables=lambda plan: plan.study(plan.section.reductions).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.reductions).trained},
)
def reduction_cells(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Drawing:
    """What another reduction cell changes, pair by pair."""
    data = paired_changes(genotypes, trainings)
    treatments = [name for name in TREATMENTS if name in set(data["group"])]
    figure, axis = canvas(1, 1, 6.2, 3.4)
    for place, treatment in enumerate(treatments):
        changes = data.loc[data["group"] == treatment, "change"].to_numpy()
        scatter_at(axis, place, changes, colour="#0072B2", size=14, alpha=0.7)
        mean, (low, high) = changes.mean(), student_interval(changes)
        if np.isfinite(low):
            spread = [[mean - low], [high - mean]]
            axis.errorbar(place + 0.28, mean, yerr=spread, fmt="s", color="#D55E00", capsize=3, markersize=4)
    axis.axhline(0, color="black", linewidth=0.6)
    axis.set_xticks(range(len(treatments)), [_LABELS[treatment] for treatment in treatments])
    axis.set_ylabel("change of test error\n(percentage points)")
    cells = data["family"].unique()
    note = (
        f"Genotypes with another reduction cell against the published one, {len(cells)} published cells "
        f"({', '.join(cells)}), {trained}, {genotypes['seeds'].map(len).max()} seed(s) each, paired by seed. Dots are "
        "cells, squares means with Student's 95% interval over cells."
    )
    return Drawing(figure, data, note)
