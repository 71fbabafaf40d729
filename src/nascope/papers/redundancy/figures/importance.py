"""Which operations of NAS-Bench-201 matter (Fig. 3 and 4)."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.ticker import ScalarFormatter

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.look import (
    BAR_COLUMNS,
    BOX_COLUMNS,
    SIGNS,
    bars_by_primitive,
    beyond_note,
    boxes_by_primitive,
)
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Importance
from nascope.schemas.results import NASBENCH201_IMPORTANCE
from nascope.spaces.nasbench201 import PRIMITIVES

_SUBSETS = {"top": "top cells", "all": "all cells", "bottom": "bottom cells"}


def _options(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {**reads.looked_up(plan), "threshold": plan.section.importance.threshold}


@PAPER.figure(
    "Operation importance by primitive, on NAS-Bench-201",
    number="Fig. 3",
    tables=lambda plan: {"importance": NASBENCH201_IMPORTANCE},
    options=_options,
)
def importance(importance: Importance, *, table: str, fraction: float, threshold: float) -> Drawing:
    """Importance by primitive in top, all and bottom cells."""
    figure, axes = canvas(1, 3, 9.5, 3.4)
    records = []
    for axis, (subset, title) in zip(axes, _SUBSETS.items(), strict=True):
        boxes = boxes_by_primitive(axis, _subset(importance, subset), PRIMITIVES, threshold)
        records += [(subset, *box) for box in boxes]
        axis.set_yscale("symlog", linthresh=1.0)
        axis.yaxis.set_major_formatter(ScalarFormatter())
        axis.set_title(title)
    axes[0].set_ylabel("importance (percentage points of error)")
    data = pd.DataFrame(records, columns=["subset", *BOX_COLUMNS])
    note = (
        f"{_source(importance, table, fraction)} Box: quartiles, whiskers 1.5 IQR, outliers not drawn; grey band: "
        f"±{100 * threshold:g} percentage points; axis linear within ±1, logarithmic beyond. The "
        "paper's Fig. 3 is about the DARTS space."
    )
    return Drawing(figure, data, note)


@PAPER.figure(
    "How often primitives occur in top and bottom cells of NAS-Bench-201, and how often they matter",
    number="Fig. 4",
    tables=lambda plan: {"importance": NASBENCH201_IMPORTANCE},
    options=_options,
)
def importance_counts(importance: Importance, *, table: str, fraction: float, threshold: float) -> Drawing:
    """How often each primitive occurs in top and bottom cells, and how often it matters or does harm."""
    figure, axes = canvas(1, 2, 7.5, 3.4)
    records = []
    for axis, (subset, sign) in zip(axes, SIGNS.items(), strict=True):
        axis.set_title(_SUBSETS[subset])
        bars = bars_by_primitive(axis, _subset(importance, subset), PRIMITIVES, threshold, sign)
        records += [(subset, *bar) for bar in bars]
    axes[0].set_ylabel("operations")
    data = pd.DataFrame(records, columns=["subset", *BAR_COLUMNS])
    return Drawing(figure, data, f"{_source(importance, table, fraction)} {beyond_note(threshold)}.")


def _subset(importance: pd.DataFrame, subset: str) -> pd.DataFrame:
    return importance if subset == "all" else importance[importance["subset"] == subset]


def _source(importance: pd.DataFrame, table: str, fraction: float) -> str:
    return (
        f"{published_source(table)}; {importance['dataset'].iloc[0]} validation error; all 6 edges of all cells, "
        f"4 neighbours per edge; top and bottom {100 * fraction:g}% by error."
    )
