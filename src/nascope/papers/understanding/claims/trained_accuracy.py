"""How well published cells generalise, beside random variants and adapted cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import within
from nascope.evidence.scope import Trained, all_trained
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.training.summary import join_study

_MARGIN = 1.0  # percentage points of test accuracy that count as the same
_MEASURE = "1 percentage point minus the distance between their test accuracies"


_POPULAR_CELLS_GENERALISE_LIKE_THEIR_VARIANTS = PAPER.claim(
    "popular cells generalise like their variants",
    "After training, popular cells do not clearly generalise better than their random variants.",
)


@_POPULAR_CELLS_GENERALISE_LIKE_THEIR_VARIANTS.test(
    "trained here",
    figure="final_accuracy",
    measure=_MEASURE,
    unit="published cells",
    tables=lambda plan: plan.tables([plan.section.convergence, plan.section.families], "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.trained([plan.section.convergence, plan.section.families])},
)
def popular_generalise_alike(
    genotypes: list[Genotypes], trainings: list[Trainings], *, trained: list[Trained]
) -> Estimate:
    """Mean over published cells."""
    sample = _advantages(genotypes, trainings)
    return within(sample, _MARGIN, f"{len(sample)} published cells and their variants {all_trained(trained)}")


_ADAPTED_CELLS_GENERALISE_ALIKE = PAPER.claim(
    "adapted cells generalise alike",
    "Cells adapted to be wide and shallow do not clearly generalise better than the originals.",
)


@_ADAPTED_CELLS_GENERALISE_ALIKE.test(
    "trained here",
    figure="generalisation",
    measure=_MEASURE,
    unit="pairs of cells",
    tables=lambda plan: plan.tables(plan.section.generalisation, "genotypes", "trainings"),
    options=lambda plan: {"datasets": [study.entry.dataset for study in plan.studies(plan.section.generalisation)]},
)
def adapted_generalise_alike(
    genotypes: list[Genotypes], trainings: list[Trainings], *, datasets: list[str]
) -> Estimate:
    """Mean over published cells and data sets."""
    sample = _advantages(genotypes, trainings)
    return within(sample, _MARGIN, f"{len(sample)} pairs of cells trained here on {', '.join(datasets)}")


def _advantages(genotypes: Sequence[pd.DataFrame], trainings: Sequence[pd.DataFrame]) -> np.ndarray:
    """Test accuracy of published cells minus the mean of their variants', one per family and study."""
    found = []
    for pair in zip(genotypes, trainings, strict=True):
        for _, cells in join_study(*pair).groupby("family"):
            original = cells["group"] == "original"
            scores = cells["last_test_accuracy"]
            found.append(scores[original].mean() - scores[~original].mean())
    return np.array(found)
