"""The path of training through the space of weights."""

from __future__ import annotations

import pandas as pd

from nascope.drawing.style import Drawing
from nascope.papers.understanding.figures.loss_grids import LEVELS, describe, grid_of, loss_limits
from nascope.papers.understanding.figures.panels import by_width, colour_bar
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import Surroundings, measure_option, measured, surroundings
from nascope.schemas.geometry import Landscape, Trajectories
from nascope.schemas.results import WEIGHT_LANDSCAPES, WEIGHT_TRAJECTORIES
from nascope.schemas.trainings import Genotypes


@PAPER.figure(
    "The path of training in the plane of its principal directions",
    tables=lambda plan: {
        "genotypes": plan.study(plan.section.convergence).genotypes,
        "landscape": WEIGHT_LANDSCAPES,
        "trajectories": WEIGHT_TRAJECTORIES,
    },
    options=lambda plan: {"around": surroundings(plan, "landscape", plan.section.convergence)},
    where=lambda plan: bool(measure_option(plan, "landscape", plan.section.convergence, "trajectory")),
)
def trajectories(
    genotypes: Genotypes, landscape: Landscape, trajectories: Trajectories, *, around: Surroundings
) -> Drawing:
    """The path of training in the plane of its two principal directions, on the contours of the loss there."""
    data = grid_of(genotypes, landscape, "trajectory", around)
    paths = measured(genotypes, trajectories, around.seed)
    panels = by_width(data, most=1)
    data, paths = (table[table["panel"].isin(panels.places)] for table in (data, paths))
    figure, axes, image = panels.contours("loss", loss_limits(data["loss"]), LEVELS)
    for panel, path in paths.groupby("panel"):
        axes[panel].plot(path["a"], path["b"], "o-", color="black", markersize=2.5, linewidth=0.8)
        axes[panel].set_xlabel(f"{path['share_a'].iloc[0]:.0%} of the path's variance", fontsize=7)
        axes[panel].set_ylabel(f"{path['share_b'].iloc[0]:.0%}", fontsize=7)
    colour_bar(figure, image, axes, f"{around.split} loss (nats)")
    both = pd.concat([data.assign(kind="loss"), paths.assign(kind="path")], ignore_index=True)
    directions = "the two principal directions of the weights kept during training, which ends at (0, 0)"
    return Drawing(figure, both, describe(data, around, directions))
