"""Claims about cells with the pattern of skips and separable convolutions, by trainings and by structure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from nascope.analysis.published import published_standing
from nascope.analysis.sampling import category_errors
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import difference
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.patterns import pattern_base_rate

_MARGIN = 1.0  # percentage points of error that count as the same


SUFFICE = PAPER.claim(
    "simple patterns suffice",
    "Cells sampled with skip and separable-convolution patterns (PrimSkip) beat random ones.",
)


@SUFFICE.test(
    "trained here",
    figure="pattern_groups",
    measure="mean test error of Random minus that of PrimSkip (percentage points)",
    unit="genotypes",
    tables=lambda plan: plan.study(plan.section.groups).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.groups).trained},
)
def patterns_suffice(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Estimate:
    """Difference of two groups' means."""
    random, patterned = _errors([genotypes], [trainings], "Random", "PrimSkip")
    scope = f"{len(random) + len(patterned)} genotypes {trained}"
    return untestable(trained.short, scope) if trained.short else difference(random, patterned, scope)


MATCH = PAPER.claim(
    "random samples match published cells",
    "Cells sampled at random with the pattern match or outperform the state of the art.",
)


@MATCH.test(
    "trained here",
    figure="pattern_table",
    measure=f"mean test error of published cells minus that of PrimSkip, plus {_MARGIN:g} percentage point",
    unit="genotypes",
    tables=lambda plan: reads.compared(plan, "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.groups).trained},
)
def samples_match_published(genotypes: list[Genotypes], trainings: list[Trainings], *, trained: Trained) -> Estimate:
    """Difference of the means of published cells and samples, a margin allowed."""
    published, patterned = _errors(genotypes, trainings, "published", "PrimSkip")
    scope = f"{len(published)} published cells, {len(patterned)} PrimSkip samples, {trained}"
    if trained.short:
        return untestable(trained.short, scope)
    found = difference(published, patterned, scope)
    return Estimate(found.value + _MARGIN, found.low + _MARGIN, found.high + _MARGIN, found.n, scope)


def _errors(genotypes: list[pd.DataFrame], trainings: list[pd.DataFrame], *categories: str) -> list[np.ndarray]:
    """Test errors (%) of the genotypes of each category."""
    errors = category_errors(genotypes, trainings)
    return [errors.loc[errors["category"] == category, "test_error"].to_numpy() for category in categories]


_FOLLOW = PAPER.claim(
    "published cells follow the pattern",
    "Cells found by published methods share a pattern of residual skips and separable convolutions.",
)


@_FOLLOW.test(
    "published cells",
    figure="published_pattern",
    measure="share of published cells that follow it minus the share of random cells",
    unit="published cells",
)
def published_follow() -> Estimate:
    """Share of published cells, with Wilson's interval, minus the exact share of random ones."""
    follows = published_standing()["follows"]
    found, base = binomtest(int(follows.sum()), len(follows)), pattern_base_rate()
    low, high = found.proportion_ci(method="wilson")
    scope = "published normal cells of the DARTS space, which share ancestors; base rate exact"
    return Estimate(float(np.mean(follows)) - base, low - base, high - base, len(follows), scope)
