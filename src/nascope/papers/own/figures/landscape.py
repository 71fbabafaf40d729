"""The loss around the trained weights of a user's own study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.drawing.style import Drawing
from nascope.papers.own.study import OWN
from nascope.papers.own.tables import MOST, facts, left_out, own_study
from nascope.papers.understanding.figures.loss_grids import DIRECTIONS, LEVELS, grid_of, how_measured, loss_limits
from nascope.papers.understanding.figures.panels import colour_bar, wrapped
from nascope.papers.understanding.jobs import study_parts
from nascope.papers.understanding.settings import Understanding
from nascope.papers.understanding.surroundings import Surroundings, measure_option, surroundings
from nascope.schemas.geometry import LANDSCAPE, Landscape
from nascope.schemas.results import Result
from nascope.schemas.trainings import Genotypes

if TYPE_CHECKING:
    from nascope.papers.own.study import Own
    from nascope.workflow.plan import Plan


def _tables(plan: Plan[Own]) -> Mapping[str, Result | list[Result]]:
    """The study's own measurements only, so that it waits for no other study's."""
    parts = study_parts(plan.of(Understanding), "landscape", plan.section.study)
    return {"genotypes": own_study(plan).genotypes, "parts": [Result(LANDSCAPE, part) for part in parts]}


def _measured(plan: Plan[Own]) -> bool:
    shared, study = plan.of(Understanding), plan.section.study
    studies = shared.section.geometry.measures.landscape.studies
    return study in studies and bool(measure_option(shared, "landscape", study, "plane"))


def _how(plan: Plan[Own]) -> dict[str, Any]:
    return {"around": surroundings(plan.of(Understanding), "landscape", plan.section.study)}


@OWN.figure("Loss contours around trained weights", tables=_tables, options=_how, where=_measured)
def landscape(genotypes: Genotypes, parts: list[Landscape], *, around: Surroundings) -> Drawing:
    """Contours of the loss in the plane of two random directions, one panel per cell."""
    data = grid_of(genotypes, pd.concat(parts), "plane", around)
    panels = wrapped(data, most=MOST)
    figure, axes, image = panels.contours("loss", loss_limits(data["loss"]), LEVELS)
    colour_bar(figure, image, axes, f"{around.split} loss (nats)")
    how = f"Loss {how_measured(around, DIRECTIONS)}; seed {around.seed}."
    note = f"{facts(genotypes, around.trained)} {how}{left_out(len(genotypes))}"
    return Drawing(figure, data, note)
