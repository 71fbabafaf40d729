"""Claims about pattern-constrained samples, by a surrogate's predictions (Fig. 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.analysis.predicted import PUBLISHED
from nascope.evidence.correlations import shifted
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import difference, difference_at_equal
from nascope.evidence.medians import median_difference
from nascope.evidence.refits import over_refits
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.claims.patterns import MATCH, SUFFICE
from nascope.papers.redundancy.edits import errors, small
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import PatternPredictions, Predictions

if TYPE_CHECKING:
    from nascope.papers.redundancy.reads import RedundancyPlan

_MEDIAN = "median predicted error of {} minus that of {}, as coded (percentage points)"

_SKIP = PAPER.claim("residual links alone help", "Random cells with residual links (Skip) beat random ones.")
_PRIM = PAPER.claim(
    "good operations alone help", "Cells of skips and separable convolutions only (Prim) beat random ones."
)
_BOTH = PAPER.claim(
    "both constraints together help most", "Cells with both constraints (PrimSkip) beat those with one (Prim)."
)
_WIDTH = PAPER.claim(
    "patterns help at equal width",
    "It is the pattern that makes cells good (Shu et al. would say: their width).",
)
_ALIKE = PAPER.claim(
    "cells with the pattern are alike", "Errors of cells with the pattern differ less than those of random cells."
)


def _fitted(plan: RedundancyPlan) -> dict[str, Any]:
    return {"fitted": reads.fitted(plan)}


@SUFFICE.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure=_MEDIAN.format("Random", "PrimSkip"),
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def patterns_suffice_predicted(
    pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted
) -> Estimate:
    """Difference of two groups' medians, as in the paper's boxes."""
    return _medians_apart(pattern_predictions, predictions, fitted, "Random", "PrimSkip")


@_SKIP.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure=_MEDIAN.format("Random", "Skip"),
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def links_help(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Difference of two groups' medians."""
    return _medians_apart(pattern_predictions, predictions, fitted, "Random", "Skip")


@_PRIM.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure=_MEDIAN.format("Random", "Prim"),
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def operations_help(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Difference of two groups' medians."""
    return _medians_apart(pattern_predictions, predictions, fitted, "Random", "Prim")


@_BOTH.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure=_MEDIAN.format("Prim", "PrimSkip"),
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def both_help_most(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Difference of two groups' medians; Prim is the better of the two with one constraint."""
    return _medians_apart(pattern_predictions, predictions, fitted, "Prim", "PrimSkip")


def _medians_apart(table: pd.DataFrame, predictions: pd.DataFrame, fitted: Fitted, worse: str, better: str) -> Estimate:
    samples = [errors(table, group, "as_coded") for group in (worse, better)]
    scope = _scope(samples, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits(samples, lambda one, other: median_difference(one, other, scope))


@_WIDTH.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure="predicted error of Random minus that of PrimSkip (corrected), at equal width (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def patterns_help_at_equal_width(
    pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted
) -> Estimate:
    """Difference of two groups' means within strata of width."""
    groups = ("Random", "PrimSkip")
    samples = [errors(pattern_predictions, group, "corrected") for group in groups]
    widths = [pattern_predictions.loc[sample.index, "width"].to_numpy() for sample in samples]
    scope = _scope(samples, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits(samples, lambda one, other: difference_at_equal((one, widths[0]), (other, widths[1]), scope))


@_ALIKE.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure="mean distance of predicted errors from their median, Random minus PrimSkip (corrected; percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def patterned_are_alike(
    pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted
) -> Estimate:
    """Difference of the mean distances (as Brown & Forsythe compare variances)."""
    samples = [errors(pattern_predictions, group, "corrected") for group in ("Random", "PrimSkip")]
    scope = _scope(samples, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    distances = [(sample - sample.median()).abs() for sample in samples]
    return over_refits(distances, lambda one, other: difference(one, other, scope))


@MATCH.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure="predicted error of published cells minus that of PrimSkip (corrected), half a random deviation allowed",
    unit="published cells",
    tables=lambda plan: reads.PATTERNS,
    options=_fitted,
)
def samples_match_published_predicted(
    pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted
) -> Estimate:
    """Difference of the means of published cells and samples, a margin allowed."""
    samples = [errors(pattern_predictions, *key) for key in ((PUBLISHED, PUBLISHED), ("PrimSkip", "corrected"))]
    margin = small(pattern_predictions)
    scope = f"{_scope(samples, fitted)}; margin {margin:.2f} points"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return shifted(over_refits(samples, lambda one, other: difference(one, other, scope)), margin)


def _scope(samples: list[pd.DataFrame], fitted: Fitted) -> str:
    return f"{sum(map(len, samples))} genotypes, errors predicted by a {fitted}"
