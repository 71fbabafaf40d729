"""Which operations of NAS-Bench-201 matter (Fig. 3 and 4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import ScalarFormatter

from nascope.figures.nasbench201.tables import published_source
from nascope.figures.redundancy.boxes import draw_band, draw_boxes
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.spaces.nasbench201 import PRIMITIVES

_SUBSETS = {"top": "top cells", "all": "all cells", "bottom": "bottom cells"}


def _subset(importance: pd.DataFrame, subset: str) -> pd.DataFrame:
    return importance if subset == "all" else importance[importance["subset"] == subset]


def _source(importance: pd.DataFrame, options: dict[str, Any]) -> str:
    return (
        f"{published_source(options['table'])}; {importance['dataset'].iloc[0]} validation error; all 6 edges of "
        f"all cells, 4 neighbours an edge; top and bottom {100 * options['fraction']:g}% by error."
    )


def importance(importance: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 3 on NAS-Bench-201: importance by primitive in top, all and bottom cells."""
    figure, axes = canvas(1, 3, 9.5, 3.4)
    threshold = options["threshold"]
    records = []
    for axis, (subset, title) in zip(axes, _SUBSETS.items(), strict=True):
        chosen = _subset(importance, subset)
        values = [100 * chosen.loc[chosen["primitive"] == op, "importance"].to_numpy() for op in PRIMITIVES]
        draw_boxes(axis, values, [PRIMITIVE_COLOURS[op] for op in PRIMITIVES])
        draw_band(axis, threshold)
        axis.set_yscale("symlog", linthresh=1.0)
        axis.yaxis.set_major_formatter(ScalarFormatter())
        axis.set_xticks(range(1, len(PRIMITIVES) + 1), [SHORT[op] for op in PRIMITIVES])
        axis.set_title(title)
        for op, array in zip(PRIMITIVES, values, strict=True):
            quartiles = np.percentile(array, [25, 50, 75]) if len(array) else [np.nan] * 3
            records.append((subset, op, len(array), *quartiles))
    axes[0].set_ylabel("importance (percentage points of error)")
    data = pd.DataFrame(records, columns=["subset", "primitive", "operations", "q25_pp", "median_pp", "q75_pp"])
    note = (
        f"{_source(importance, options)} Box: quartiles, whiskers 1.5 IQR, outliers not drawn; grey band: "
        f"±{100 * threshold:g} percentage points; axis linear within ±1, logarithmic beyond. The "
        "paper's Fig. 3 is about the DARTS space."
    )
    return Drawing(figure, data, note)


def importance_counts(importance: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4 on NAS-Bench-201: how often each primitive occurs, and how often it matters."""
    figure, axes = canvas(1, 2, 7.5, 3.4)
    threshold = options["threshold"]
    records = []
    for axis, (subset, sign) in zip(axes, {"top": 1, "bottom": -1}.items(), strict=True):
        chosen = _subset(importance, subset)
        strong = chosen[sign * chosen["importance"] > threshold]
        everywhere = chosen["primitive"].value_counts().reindex(PRIMITIVES, fill_value=0)
        important = strong["primitive"].value_counts().reindex(PRIMITIVES, fill_value=0)
        places = np.arange(len(PRIMITIVES))
        what = "important" if sign > 0 else "harmful"
        axis.bar(places - 0.2, everywhere, 0.4, color="#BBBBBB", label="all")
        bars = axis.bar(places + 0.2, important, 0.4, color=[PRIMITIVE_COLOURS[op] for op in PRIMITIVES], label=what)
        axis.bar_label(bars, fontsize=6.5)
        axis.axhline(len(chosen) / len(PRIMITIVES), color="#666666", linestyle="--", linewidth=0.8, label="uniform")
        axis.set_xticks(places, [SHORT[op] for op in PRIMITIVES])
        axis.set_title(f"{_SUBSETS[subset]}: {what} {100 * len(strong) / len(chosen):.0f}% of operations")
        axis.legend(fontsize=7)
        for op in PRIMITIVES:
            records.append((subset, op, int(everywhere[op]), int(important[op])))
    axes[0].set_ylabel("operations")
    data = pd.DataFrame(records, columns=["subset", "primitive", "operations", "beyond_threshold"])
    relation = f"important: importance > {100 * threshold:g} percentage points, harmful: < -{100 * threshold:g}"
    return Drawing(figure, data, f"{_source(importance, options)} {relation}.")
