"""How well published cells generalise, beside random variants and adapted cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.noise import alike, seed_variance
from nascope.evidence.scope import Trained, all_trained
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.training.summary import join_study

_MEASURE = "1 minus the root mean square of their differences in test accuracy, seed noise subtracted, in units of the "

_POPULAR_CELLS_GENERALISE_LIKE_THEIR_VARIANTS = PAPER.claim(
    "popular cells generalise like their variants",
    "After training, popular cells generalise about as well as their random variants.",
)


@_POPULAR_CELLS_GENERALISE_LIKE_THEIR_VARIANTS.test(
    "trained here",
    figure="final_accuracy",
    measure=f"{_MEASURE}standard deviation of the random variants",
    unit="published cells",
    tables=lambda plan: plan.tables([plan.section.convergence, plan.section.families], "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.trained([plan.section.convergence, plan.section.families])},
)
def popular_generalise_alike(
    genotypes: list[Genotypes], trainings: list[Trainings], *, trained: list[Trained]
) -> Estimate:
    """Differences of published cells from their variants' means, in units of the variants' spread."""
    families = [cells for table in _scores(genotypes, trainings) for _, cells in table.groupby("family")]
    scope = f"{len(families)} published cells and their variants {all_trained(trained)}"
    return _short(trained, scope) or _beside_variants(families, scope)


_ADAPTED_CELLS_GENERALISE_ALIKE = PAPER.claim(
    "adapted cells generalise alike",
    "Cells adapted to be wide and shallow generalise about as well as the originals.",
)


@_ADAPTED_CELLS_GENERALISE_ALIKE.test(
    "trained here",
    figure="generalisation",
    measure=f"{_MEASURE}standard deviation between the original cells",
    unit="pairs of cells",
    tables=lambda plan: plan.tables(plan.section.generalisation, "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.trained(plan.section.generalisation)},
)
def adapted_generalise_alike(
    genotypes: list[Genotypes], trainings: list[Trainings], *, trained: list[Trained]
) -> Estimate:
    """Differences of adapted from original cells on each data set, in units of the originals' spread there."""
    scope = f"{genotypes[0]['family'].nunique()} pairs of cells {all_trained(trained)}"
    return _short(trained, scope) or _adapted(_scores(genotypes, trainings), scope)


def _short(trained: Sequence[Trained], scope: str) -> Estimate | None:
    """The gate: trainings that are marked as short say nothing about final quality."""
    reasons = [one.short for one in trained if one.short]
    return untestable(reasons[0], scope) if reasons else None


def _scores(genotypes: Sequence[pd.DataFrame], trainings: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Trainings of each study: accuracy ``score`` and the whole name ``cell`` (a network that diverged guesses)."""
    joined = [join_study(*pair) for pair in zip(genotypes, trainings, strict=True)]
    return [
        table.assign(score=table["last_test_accuracy"], cell=table["family"] + " " + table["name"]) for table in joined
    ]


def _means(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby(["family", "group", "cell"])["score"].agg(["mean", "size"]).reset_index()


def _beside_variants(families: Sequence[pd.DataFrame], scope: str) -> Estimate:
    trainings = pd.concat(families)
    noise = seed_variance(trainings["score"], trainings["cell"])
    if np.isnan(noise):
        return untestable("one seed per cell: the noise of seeds is unknown", scope)
    cells = _means(trainings)
    variants = cells[cells["group"] != "original"]
    gaps = variants["mean"] - variants.groupby("family")["mean"].transform("mean")
    freedom = len(variants) - variants["family"].nunique()
    if freedom < 1:
        return untestable("one variant per published cell: their spread is unknown", scope)
    whole = float(np.square(gaps).sum()) / freedom
    original = cells[cells["group"] == "original"].set_index("family")
    beside = variants.groupby("family")["mean"].agg(["mean", "size"])
    differences = original["mean"] - beside["mean"]
    variances = noise / original["size"] + whole / beside["size"]
    spread = max(whole - noise * float((1 / variants["size"]).mean()), 0.0) ** 0.5
    return alike(differences.to_numpy(), variances.to_numpy(), spread, freedom, scope)


def _adapted(studies: Sequence[pd.DataFrame], scope: str) -> Estimate:
    """The unit is the pair of cells: its difference is averaged over data sets, each in units of its spread."""
    gaps, noises, freedom = [], [], 0
    for table in studies:
        noise = seed_variance(table["score"], table["cell"])
        if np.isnan(noise):
            return untestable("one seed per cell: the noise of seeds is unknown", scope)
        cells = _means(table)
        original, adapted = (cells[(cells["group"] == group)].set_index("family") for group in ("original", "adapted"))
        spread = max(float(original["mean"].var()) - noise * float((1 / original["size"]).mean()), 0.0) ** 0.5
        if not spread > 0:
            return untestable("the original cells do not differ by more than the noise of seeds", scope)
        gaps.append((adapted["mean"] - original["mean"]) / spread)
        noises.append(noise * (1 / original["size"] + 1 / adapted["size"]) / spread**2)
        freedom += len(original) - 1
    squares = pd.concat([gap**2 for gap in gaps], axis=1).mean(axis=1)
    variances = pd.concat(noises, axis=1).mean(axis=1)
    return alike(np.sqrt(squares.to_numpy()), variances.to_numpy(), 1.0, freedom, scope)
