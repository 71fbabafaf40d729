"""Published cells are wide and shallow among all wirings, and their networks as large as published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import mean
from nascope.papers.understanding.paper import PAPER
from nascope.spaces.published import published_cell, published_darts_cells
from nascope.spaces.wirings import standing

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan

_NARROWER = "mean share of wirings that are narrower than the published cell, minus 0.5"
_DEEPER = "mean share of wirings that are deeper than the published cell, minus 0.5"


def _drawn(plan: Plan[Understanding]) -> dict[str, Any]:
    return {"cells": plan.section.topologies}


_POPULAR_WIDE = PAPER.claim("popular cells are wide", "Popular cells are wide compared with random connections.")
_POPULAR_SHALLOW = PAPER.claim(
    "popular cells are shallow", "Popular cells are shallow compared with random connections."
)
_PUBLISHED_WIDE = PAPER.claim(
    "later cells are wide", "Published cells of the DARTS space, most of which came later, are wide, too."
)
_PUBLISHED_SHALLOW = PAPER.claim(
    "later cells are shallow", "Published cells of the DARTS space, most of which came later, are shallow, too."
)


@_POPULAR_WIDE.test("published cells", figure="wirings", measure=_NARROWER, unit="published cells", options=_drawn)
def popular_are_wide(*, cells: tuple[str, ...]) -> Estimate:
    """Mean over the paper's cells."""
    return _standing(cells, 0)


@_POPULAR_SHALLOW.test("published cells", figure="wirings", measure=_DEEPER, unit="published cells", options=_drawn)
def popular_are_shallow(*, cells: tuple[str, ...]) -> Estimate:
    """Mean over the paper's cells."""
    return _standing(cells, 1)


@_PUBLISHED_WIDE.test("published cells", figure="wirings", measure=_NARROWER, unit="published cells")
def published_are_wide() -> Estimate:
    """Mean over all published cells of the DARTS space."""
    return _standing([cell.name for cell in published_darts_cells()], 0)


@_PUBLISHED_SHALLOW.test("published cells", figure="wirings", measure=_DEEPER, unit="published cells")
def published_are_shallow() -> Estimate:
    """Mean over all published cells of the DARTS space."""
    return _standing([cell.name for cell in published_darts_cells()], 1)


def _standing(cells: Sequence[str], place: int) -> Estimate:
    """Mean share of wirings that are narrower (0) or deeper (1) than each published normal cell, minus a half."""
    shares = np.array([standing(published_cell(name).genotype.normal)[place] for name in cells])
    scope = f"normal cells of {', '.join(cells)} among all wirings, counted exactly"
    return mean(shares - 0.5, scope, (-0.5, 0.5))
