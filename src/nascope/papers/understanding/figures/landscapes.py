"""Loss around trained weights: lines, contours and surfaces (Fig. 6, 16-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from nascope.drawing.style import Drawing, canvas
from nascope.papers.understanding.figures.loss_grids import DIRECTIONS, LEVELS, describe, grid_of, loss_limits
from nascope.papers.understanding.figures.panels import Panels, by_family, by_width, colour_bar
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import Surroundings, surroundings
from nascope.schemas.geometry import Landscape
from nascope.schemas.results import WEIGHT_LANDSCAPES
from nascope.schemas.trainings import Genotypes

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan


def _tables(plan: Plan[Understanding], study: str) -> dict[str, Result]:
    return {"genotypes": plan.study(study).genotypes, "landscape": WEIGHT_LANDSCAPES}


def _how(plan: Plan[Understanding], study: str) -> dict[str, Any]:
    return {"around": surroundings(plan, "landscape", study)}


@PAPER.figure(
    "Loss along one random direction through the trained weights",
    tables=lambda plan: _tables(plan, plan.section.convergence),
    options=lambda plan: _how(plan, plan.section.convergence),
)
def lines(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Drawing:
    """Loss along one random direction, one panel per width."""
    data = grid_of(genotypes, landscape, "line", around)
    groups = data["group"].unique()
    figure, axes = canvas(1, len(groups), 2.3 * len(groups), 2.9, sharey=True, squeeze=False)
    for axis, group in zip(axes[0], groups, strict=True):
        for name, line in data[data["group"] == group].groupby("name", sort=False):
            axis.plot(line["a"], line["loss"], linewidth=1.2, label=name)
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(ScalarFormatter())
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_title(group if group == "original" else f"width {group}")
        axis.set_xlabel("multiple of the direction")
        axis.legend(fontsize=7)
    axes[0, 0].set_ylabel(f"{around.split} loss (nats)")
    return Drawing(figure, data, describe(data, around, "one filter-normalised random direction"))


@PAPER.figure(
    "Loss contours around trained weights, by width",
    number="Fig. 6 and 17",
    tables=lambda plan: _tables(plan, plan.section.convergence),
    options=lambda plan: _how(plan, plan.section.convergence),
)
def contours(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Drawing:
    """Contours of the loss in the plane of two random directions, one column per width."""
    data = grid_of(genotypes, landscape, "plane", around)
    return Drawing(_contours(by_width(data), around.split), data, describe(data, around, DIRECTIONS))


@PAPER.figure(
    "Loss contours for other published cells and variants",
    number="Fig. 16, 18 and 19",
    tables=lambda plan: _tables(plan, plan.section.families),
    options=lambda plan: _how(plan, plan.section.families),
)
def family_contours(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Drawing:
    """Contours for other published cells and variants of each, one row per published cell."""
    data = grid_of(genotypes, landscape, "plane", around)
    return Drawing(_contours(by_family(data), around.split), data, describe(data, around, DIRECTIONS))


@PAPER.figure(
    "Loss around trained weights as surfaces, by width",
    tables=lambda plan: _tables(plan, plan.section.convergence),
    options=lambda plan: _how(plan, plan.section.convergence),
)
def surfaces(genotypes: Genotypes, landscape: Landscape, *, around: Surroundings) -> Drawing:
    """The loss as a surface over the plane of two random directions, one column per width."""
    data = grid_of(genotypes, landscape, "plane", around)
    figure = by_width(data).surfaces("loss", f"log10 of the {around.split} loss (nats)")
    return Drawing(figure, data, describe(data, around, DIRECTIONS))


def _contours(panels: Panels, split: str) -> Figure:
    figure, axes, image = panels.contours("loss", loss_limits(panels.data["loss"]), LEVELS)
    colour_bar(figure, image, axes, f"{split} loss (nats)")
    return figure
