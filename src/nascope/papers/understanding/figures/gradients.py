"""Variance of gradients around trained weights (Fig. 7, 20-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.drawing.style import Drawing
from nascope.papers.understanding.figures.panels import Limits, Panels, by_family, by_width, colour_bar
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import Surroundings, in_batches, measured, surroundings
from nascope.schemas.geometry import Gradients
from nascope.schemas.results import WEIGHT_GRADIENTS
from nascope.schemas.trainings import Genotypes
from nascope.words import counted

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan


def _tables(plan: Plan[Understanding], study: str) -> dict[str, Result]:
    return {"genotypes": plan.study(study).genotypes, "gradients": WEIGHT_GRADIENTS}


def _how(plan: Plan[Understanding], study: str) -> dict[str, Any]:
    return {"around": surroundings(plan, "gradients", study)}


@PAPER.figure(
    "Variance of gradients around trained weights, by width",
    number="Fig. 7",
    tables=lambda plan: _tables(plan, plan.section.convergence),
    options=lambda plan: _how(plan, plan.section.convergence),
)
def gradient_variance(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Drawing:
    """Heat maps of the variance of mini-batch gradients, one column per width."""
    return _heat_maps(by_width(_drawn(genotypes, gradients, around)), around)


@PAPER.figure(
    "Variance of gradients for other published cells and variants",
    number="Fig. 20, 21 and 23",
    tables=lambda plan: _tables(plan, plan.section.families),
    options=lambda plan: _how(plan, plan.section.families),
)
def family_gradients(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Drawing:
    """Heat maps for other published cells and variants of each, one row per published cell."""
    return _heat_maps(by_family(_drawn(genotypes, gradients, around)), around)


@PAPER.figure(
    "Variance of gradients as surfaces",
    number="Fig. 22",
    tables=lambda plan: _tables(plan, plan.section.convergence),
    options=lambda plan: _how(plan, plan.section.convergence),
)
def gradient_surfaces(genotypes: Genotypes, gradients: Gradients, *, around: Surroundings) -> Drawing:
    """The variance of mini-batch gradients as surfaces, one column per width."""
    data = _drawn(genotypes, gradients, around)
    figure = by_width(data).surfaces("variance", "log10 of the gradient variance (nats²)")
    return Drawing(figure, data, _note(data, around))


def _drawn(genotypes: pd.DataFrame, gradients: pd.DataFrame, around: Surroundings) -> pd.DataFrame:
    """The largest mini-batches, which are nearest to what training steps see, in one mode of BatchNorm."""
    data = measured(genotypes, gradients[gradients["batch_norm"] == around.batch_norm], around.seed)
    return data[data["batch_size"] == data["batch_size"].max()]


def _heat_maps(panels: Panels, around: Surroundings) -> Drawing:
    values = panels.data["variance"]
    limits = Limits(max(values.min(), 1e-6 * values.max()), values.max())
    figure, axes, image = panels.heat_maps("variance", limits)
    colour_bar(figure, image, axes, "gradient variance (nats²)")
    return Drawing(figure, panels.data, _note(panels.data, around))


def _note(data: pd.DataFrame, around: Surroundings) -> str:
    return (
        f"E ||g - E g||² over the gradients of {in_batches(data['batch_size'].iloc[0])} cut from "
        f"{data['images'].iloc[0]} {around.split} images, all parameters, around the weights of "
        f"{counted(data['panel'].nunique(), 'cell')} {around.trained}, {counted(data['seed'].nunique(), 'seed')}, in "
        f"the plane of the loss contours; BatchNorm with {around.statistics}. One colour scale for all panels (paper: "
        "CIFAR-10; its mini-batches are not documented)."
    )
