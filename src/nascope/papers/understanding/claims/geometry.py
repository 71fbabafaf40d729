"""Loss landscapes and gradients around the weights of wide and shallow cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.analysis.flatness import basins, mean_variances
from nascope.evidence.estimate import Estimate
from nascope.papers.understanding.claims.shape import more_with
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import Surroundings, surroundings
from nascope.schemas.geometry import Gradients, Landscape
from nascope.schemas.results import WEIGHT_GRADIENTS, WEIGHT_LANDSCAPES
from nascope.schemas.trainings import Genotypes

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_STATISTICS = {"running": "running estimates", "batch": "batch statistics"}
_BASIN = "the share of the plane whose loss is within 1 nat of the trained weights'"
_VARIANCE = "the mean gradient variance over the plane, in all modes of BatchNorm measured"


def _landscapes(plan: Plan[Understanding]) -> dict[str, Result]:
    return {"genotypes": plan.study(plan.section.convergence).genotypes, "landscape": WEIGHT_LANDSCAPES}


def _gradients(plan: Plan[Understanding]) -> dict[str, Result]:
    return {"genotypes": plan.study(plan.section.convergence).genotypes, "gradients": WEIGHT_GRADIENTS}


def _how(plan: Plan[Understanding], measure: str) -> dict[str, Any]:
    return {"around": surroundings(plan, measure, plan.section.convergence)}


_WIDE_SMOOTH = PAPER.claim("wide cells have smooth landscapes", "Wide cells have smoother loss landscapes.")
_SHALLOW_SMOOTH = PAPER.claim("shallow cells have smooth landscapes", "Shallow cells have smoother loss landscapes.")
_WIDE_QUIET = PAPER.claim(
    "wide cells have low gradient variance", "Gradients vary less around the weights of wide cells."
)
_SHALLOW_QUIET = PAPER.claim(
    "shallow cells have low gradient variance", "Gradients vary less around the weights of shallow cells."
)


@_WIDE_SMOOTH.test(
    "trained here",
    figure="contours",
    measure=f"rank correlation of width with {_BASIN}",
    unit="cells",
    tables=_landscapes,
    options=lambda plan: _how(plan, "landscape"),
)
def wide_are_smooth(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    return _over_modes("width", genotypes, basins(landscape), "basin", str(around.trained), 1)


@_SHALLOW_SMOOTH.test(
    "trained here",
    figure="contours",
    measure=f"minus the rank correlation of depth with {_BASIN}",
    unit="cells",
    tables=_landscapes,
    options=lambda plan: _how(plan, "landscape"),
)
def shallow_are_smooth(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    return _over_modes("depth", genotypes, basins(landscape), "basin", str(around.trained), 1)


@_WIDE_QUIET.test(
    "trained here",
    figure="gradient_variance",
    measure=f"minus the rank correlation of width with {_VARIANCE}",
    unit="cells",
    tables=_gradients,
    options=lambda plan: _how(plan, "gradients"),
)
def wide_have_quiet_gradients(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds; the largest mini-batches."""
    return _quiet("width", genotypes, gradients, around)


@_SHALLOW_QUIET.test(
    "trained here",
    figure="gradient_variance",
    measure=f"rank correlation of depth with {_VARIANCE}",
    unit="cells",
    tables=_gradients,
    options=lambda plan: _how(plan, "gradients"),
)
def shallow_have_quiet_gradients(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Estimate:
    """Correlation over cells, each averaged over seeds; the largest mini-batches."""
    return _quiet("depth", genotypes, gradients, around)


def _quiet(shape: str, genotypes: pd.DataFrame, gradients: pd.DataFrame, around: Surroundings) -> Estimate:
    found = mean_variances(gradients)
    size = found["batch_size"].max()
    scope = f"{around.trained}, mini-batches of {size}"
    return _over_modes(shape, genotypes, found[found["batch_size"] == size], "variance", scope, -1)


def _over_modes(
    shape: str, genotypes: pd.DataFrame, values: pd.DataFrame, column: str, scope: str, sign: int
) -> Estimate:
    """One estimate whose interval covers those of all modes of BatchNorm: it is decided where they agree."""
    joined = genotypes[["study", "key", "name", "width", "depth"]].merge(values, on=["study", "key"])
    found, told = [], []
    for mode, part in joined.groupby("batch_norm"):
        cells = part.groupby(["name", "width", "depth"])[column].mean().dropna().reset_index()
        one = more_with(shape, cells, column, scope, sign=sign)
        found.append(one)
        told.append(f"{_STATISTICS[str(mode)]} {one.value:.2f} [{one.low:.2f}, {one.high:.2f}]")
    n = min((one.n for one in found), default=0)
    value = sum(one.value for one in found) / len(found) if found else float("nan")
    low, high = min((one.low for one in found), default=-1.0), max((one.high for one in found), default=1.0)
    return Estimate(value, low, high, n, f"{n} cells {scope}; BatchNorm with {', '.join(told)}")
