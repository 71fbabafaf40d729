"""What figures of a user's own study read and say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.words import counted, counted_range

if TYPE_CHECKING:
    from nascope.papers.own.study import Own
    from nascope.workflow.plan import Plan, StudyTables

#: Cells that a figure draws at most; the others are in its data.
MOST = 48


def own_study(plan: Plan[Own]) -> StudyTables:
    """The study with its tables."""
    return plan.study(plan.section.study)


def trained_alike(plan: Plan[Own]) -> list[str]:
    """Other studies with the same set-up, whose trainings are in the same table."""
    own = own_study(plan)
    return [other.name for other in plan.setup(own.setup.label) if other.name != own.name]


def own_trained(plan: Plan[Own]) -> dict[str, Any]:
    """The study's set-up."""
    return {"trained": own_study(plan).trained}


def facts(genotypes: pd.DataFrame, trained: object) -> str:
    """How many cells a study has, and how they were trained: the beginning of its figures' notes."""
    seeds = counted_range(genotypes["seeds"].map(len), "seed")
    return f"Study {genotypes['study'].iloc[0]}: {counted(len(genotypes), 'cell')} {trained}, {seeds} each."


def left_out(cells: int) -> str:
    """What a note says where a study has more cells than are drawn."""
    return f" Drawn: {MOST} of {cells:,} cells, the others are in the data." if cells > MOST else ""


def shape(width: float, depth: int) -> str:
    """Width and depth of a cell for its title; nothing for cells of NAS-Bench-201, which have neither."""
    return "" if np.isnan(width) else f"width {width:g}c, depth {depth}"
