"""Claims that the paper's own numbers come out, by a surrogate that learnt from the same source."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nascope.evidence.correlations import shifted
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import inside, mean
from nascope.evidence.medians import median
from nascope.evidence.refits import by_refit, over_refits
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.edits import errors, small
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.papers.redundancy.reference import FIG_3, FIG_4, FIG_9
from nascope.papers.redundancy.settings import OWN
from nascope.schemas.importance import GenotypeImportance, PatternPredictions, Predictions

_SHARES = 0.05

_FIG_9 = PAPER.claim("Fig. 9's medians", "The median errors of the four groups come out as published.")
_FIG_4 = PAPER.claim(
    "Fig. 4's shares", "About half of the operations of good normal cells and 5% of reduction cells' are important."
)
_FIG_3 = PAPER.claim("Fig. 3's medians", "The median importances in good normal cells come out as published.")


@_FIG_9.test(
    reads.surrogate_evidence,
    figure="pattern_predicted",
    measure="half the deviation of random cells minus the largest distance from the published medians (points)",
    unit="genotypes",
    tables=lambda plan: reads.PATTERNS,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def medians_come_out(pattern_predictions: PatternPredictions, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """The group whose median is farthest off; Skip and PrimSkip as coded."""
    scope = f"{len(pattern_predictions)} genotypes, errors predicted by a {fitted}"
    if reason := _unlike(predictions, fitted):
        return untestable(reason, scope)
    found = [
        shifted(
            over_refits([errors(pattern_predictions, group, "as_coded")], lambda sample: median(sample, scope)), -told
        )
        for group, told in FIG_9.items()
    ]
    return _farthest(found, small(pattern_predictions))


@_FIG_4.test(
    reads.surrogate_evidence,
    figure="darts_counts",
    measure=f"{_SHARES} minus the larger distance from the published shares",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def shares_come_out(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """The cell whose share is farther off."""
    top = genotype_importance[genotype_importance["subset"] == "top"]
    scope = f"the best {top['genotype'].nunique()} random genotypes by a {fitted}"
    if reason := _unlike(predictions, fitted):
        return untestable(reason, scope)
    important = by_refit(top, "importance") >= threshold
    shares = important.groupby([top["cell_type"], top["genotype"]]).mean()
    found = [
        shifted(over_refits([shares.loc[kind]], lambda sample: mean(sample, scope), (0, 1)), -told)
        for kind, told in FIG_4.items()
    ]
    return _farthest(found, _SHARES)


@_FIG_3.test(
    reads.surrogate_evidence,
    figure="darts_importance",
    measure="the threshold minus the largest distance from the published medians (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def importances_come_out(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """The primitive whose median is farthest off; pooled as in the paper, so that the interval is a little small."""
    table = genotype_importance
    top = table[(table["subset"] == "top") & (table["cell_type"] == "normal")]
    scope = f"normal cells of the best {top['genotype'].nunique()} random genotypes by a {fitted}"
    if reason := _unlike(predictions, fitted):
        return untestable(reason, scope)
    values = 100 * by_refit(top, "importance")
    found = [
        shifted(over_refits([values[top["primitive"] == op]], lambda sample: median(sample, scope)), -told)
        for op, told in FIG_3.items()
        if (top["primitive"] == op).any()
    ]
    return _farthest(found, 100 * threshold)


def _unlike(predictions: pd.DataFrame, fitted: Fitted) -> str:
    """Why the surrogate cannot tell whether numbers of the paper come out; empty where it can."""
    if fitted.architectures == OWN:
        return "the surrogate is fitted to this run's trainings, the paper's numbers are NAS-Bench-301's"
    return no_signal(predictions, fitted)


def _farthest(distances: Sequence[Estimate], margin: float) -> Estimate:
    """How far the largest of several distances stays inside the margin: it holds where each of them does."""
    return min((inside(found, margin) for found in distances), key=lambda found: found.low)
