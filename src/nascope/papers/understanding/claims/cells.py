"""Published cells are wide and shallow among all wirings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import mean
from nascope.papers.understanding.paper import PAPER
from nascope.spaces.published import published_cell
from nascope.spaces.wirings import standing

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan


def _drawn(plan: Plan[Understanding]) -> dict[str, Any]:
    return {"cells": plan.section.topologies}


_POPULAR_CELLS_ARE_WIDE = PAPER.claim(
    "popular cells are wide",
    "Popular cells are wide compared with random connections.",
)


@_POPULAR_CELLS_ARE_WIDE.test(
    "published cells",
    figure="wirings",
    measure="mean share of wirings that are narrower than the published cell, minus 0.5",
    unit="published cells",
    options=_drawn,
)
def popular_are_wide(*, cells: tuple[str, ...]) -> Estimate:
    """Mean over published cells."""
    return _standing([narrower for narrower, _ in _shares(cells)], cells)


_POPULAR_CELLS_ARE_SHALLOW = PAPER.claim(
    "popular cells are shallow",
    "Popular cells are shallow compared with random connections.",
)


@_POPULAR_CELLS_ARE_SHALLOW.test(
    "published cells",
    figure="wirings",
    measure="mean share of wirings that are deeper than the published cell, minus 0.5",
    unit="published cells",
    options=_drawn,
)
def popular_are_shallow(*, cells: tuple[str, ...]) -> Estimate:
    """Mean over published cells."""
    return _standing([deeper for _, deeper in _shares(cells)], cells)


def _shares(cells: Sequence[str]) -> list[tuple[float, float]]:
    """Shares of wirings that are narrower and deeper than each published normal cell."""
    return [standing(published_cell(name).genotype.normal) for name in cells]


def _standing(shares: Sequence[float], cells: Sequence[str]) -> Estimate:
    return mean(np.array(shares) - 0.5, f"normal cells of {', '.join(cells)} among all wirings, counted exactly")
