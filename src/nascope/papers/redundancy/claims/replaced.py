"""Claims about published cells with other operations, or with other reduction cells (section 4, Fig. 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nascope.analysis.pairs import paired_changes
from nascope.analysis.predicted import REDUCTION
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import inside, mean, within
from nascope.evidence.refits import over_refits
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.edits import changes, edited, small
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, PatternPredictions, Predictions, Replacements
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.removal import ORDERS

if TYPE_CHECKING:
    from nascope.papers.redundancy.reads import RedundancyPlan
    from nascope.schemas.results import Result

_, _LEAST = ORDERS
_MARGIN = 1.0  # percentage points of error that count as the same
_UNSEARCHED = ("same", "plain", "random")

_REDUCTIONS = PAPER.claim("reduction cells hardly matter", "Searching reduction cells is hardly worth it.")
_KEEP = PAPER.claim(
    "published cells keep their accuracy without unimportant operations",
    "Published cells are as good with other operations in place of their unimportant ones.",
)
_NEED = PAPER.claim(
    "published cells need their important operations",
    "Published cells lose more by replacing important operations than by replacing as many unimportant ones.",
)


def _tables(plan: RedundancyPlan) -> dict[str, Result]:
    return {**reads.REPLACEMENTS, **reads.PATTERNS, **reads.PUBLISHED}


@_REDUCTIONS.test(
    "trained here",
    figure="reduction_cells",
    measure=f"{_MARGIN:g} point minus the distance of test errors with and without the searched reduction cell",
    unit="published cells",
    tables=lambda plan: plan.study(plan.section.reductions).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.reductions).trained},
)
def reductions_hardly_matter(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Estimate:
    """How far the mean change is from leaving the margin, one unit per published cell."""
    changed = paired_changes(genotypes, trainings)
    unsearched = changed[changed["group"].isin(_UNSEARCHED)]
    cells = unsearched.groupby("family")["change"].mean().to_numpy()
    others = unsearched["group"].nunique()
    scope = f"{len(cells)} published cells, {others} other reduction cell(s) each, {trained}"
    return untestable(trained.short, scope) if trained.short else within(cells, _MARGIN, scope)


@_REDUCTIONS.test(
    reads.surrogate_evidence,
    figure="published_edited",
    measure="half the deviation of random cells minus the size of the mean change with random reduction cells (points)",
    unit="published cells",
    tables=lambda plan: {**reads.REPLACEMENTS, **reads.PATTERNS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def reductions_hardly_matter_predicted(
    replacements: Replacements, pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted
) -> Estimate:
    """Equivalence of the mean, one unit per published cell."""
    others = changes(replacements[(replacements["subset"] != "top") & (replacements["order"] == REDUCTION)])
    margin = small(pattern_predictions)
    scope = _scope(others, margin, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return inside(over_refits([others], lambda sample: mean(sample, scope)), margin)


@_KEEP.test(
    reads.surrogate_evidence,
    figure="published_edited",
    measure="half the deviation of random cells minus the mean predicted rise of error (percentage points)",
    unit="published cells",
    tables=_tables,
    options=reads.predicted,
)
def published_keep(
    replacements: Replacements,
    pattern_predictions: PatternPredictions,
    genotype_importance: GenotypeImportance,
    predictions: Predictions,
    *,
    fitted: Fitted,
    threshold: float,
) -> Estimate:
    """Mean over published cells."""
    least = changes(edited(replacements, genotype_importance, threshold, _LEAST, important=False))
    margin = small(pattern_predictions)
    scope = _scope(least, margin, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([margin - least], lambda sample: mean(sample, scope))


@_NEED.test(
    reads.surrogate_evidence,
    figure="published_edited",
    measure="predicted rise with others for the most important operations minus for as many least important (points)",
    unit="published cells",
    tables=lambda plan: {**reads.REPLACEMENTS, **reads.PUBLISHED},
    options=reads.predicted,
)
def published_need(
    replacements: Replacements,
    genotype_importance: GenotypeImportance,
    predictions: Predictions,
    *,
    fitted: Fitted,
    threshold: float,
) -> Estimate:
    """Mean over published cells; as many operations are replaced as are important."""
    most, least = (
        changes(edited(replacements, genotype_importance, threshold, order, important=True)) for order in ORDERS
    )
    scope = f"{len(most)} published cells, by a {fitted}"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([most - least], lambda sample: mean(sample, scope))


def _scope(cells: pd.DataFrame, margin: float, fitted: Fitted) -> str:
    return f"{len(cells)} published cells, by a {fitted}; margin {margin:.2f} points"
