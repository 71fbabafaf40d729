"""Loss landscapes and gradients around the weights of wide cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.analysis.flatness import basins, mean_variances
from nascope.evidence.estimate import Estimate
from nascope.papers.understanding.claims.width import with_width
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import Surroundings, surroundings
from nascope.schemas.geometry import Gradients, Landscape
from nascope.schemas.results import WEIGHT_GRADIENTS, WEIGHT_LANDSCAPES
from nascope.schemas.trainings import Genotypes

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan


def _genotypes(plan: Plan[Understanding]) -> Result:
    return plan.study(plan.section.convergence).genotypes


def _how(plan: Plan[Understanding], measure: str) -> dict[str, Any]:
    return {"around": surroundings(plan, measure, plan.section.convergence)}


_WIDE_CELLS_HAVE_SMOOTH_LANDSCAPES = PAPER.claim(
    "wide cells have smooth landscapes",
    "Wide and shallow cells have smoother loss landscapes.",
)


@_WIDE_CELLS_HAVE_SMOOTH_LANDSCAPES.test(
    "trained here",
    figure="contours",
    measure="rank correlation of width with the share of the plane whose loss is within 1 nat of the trained weights'",
    unit="cells",
    tables=lambda plan: {"genotypes": _genotypes(plan), "landscape": WEIGHT_LANDSCAPES},
    options=lambda plan: _how(plan, "landscape"),
)
def wide_are_smooth(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    found = basins(landscape)
    cells = _by_cell(genotypes, found[found["batch_norm"] == around.batch_norm], "basin")
    return with_width(cells, "basin", 1, f"{len(cells)} cells {around.trained}")


_WIDE_CELLS_HAVE_LOW_GRADIENT_VARIANCE = PAPER.claim(
    "wide cells have low gradient variance",
    "Gradients vary less around the weights of wide and shallow cells.",
)


@_WIDE_CELLS_HAVE_LOW_GRADIENT_VARIANCE.test(
    "trained here",
    figure="gradient_variance",
    measure="minus the rank correlation of width with the mean gradient variance over the plane",
    unit="cells",
    tables=lambda plan: {"genotypes": _genotypes(plan), "gradients": WEIGHT_GRADIENTS},
    options=lambda plan: _how(plan, "gradients"),
)
def wide_have_quiet_gradients(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds; the largest mini-batches."""
    found = mean_variances(gradients)
    found = found[found["batch_norm"] == around.batch_norm]
    size = found["batch_size"].max()
    cells = _by_cell(genotypes, found[found["batch_size"] == size], "variance")
    return with_width(cells, "variance", -1, f"{len(cells)} cells {around.trained}, mini-batches of {size}")


def _by_cell(genotypes: pd.DataFrame, values: pd.DataFrame, column: str) -> pd.DataFrame:
    """A measure of the surroundings averaged over seeds, one row per cell, with the cell's width."""
    cells = genotypes[["study", "key", "name", "width"]].merge(values, on=["study", "key"])
    return cells.groupby(["name", "width"])[column].mean().dropna().reset_index()
