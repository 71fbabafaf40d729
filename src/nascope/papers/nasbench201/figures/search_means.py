"""Means over sample-based searches beside the published ones: Table 5, block C."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import moments, published_moments, welch_interval
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import SEARCH_RUNS, TABLE_5C
from nascope.papers.nasbench201.searched import described, search_source
from nascope.papers.nasbench201.settings import Searches as Settings
from nascope.schemas.searches import Benchmark, Searches

_COLUMNS = (
    *("score", "algorithm", "runs", "mean", "std", "published_mean", "published_std"),
    *("difference", "difference_low", "difference_high"),
)


@PAPER.figure(
    "Mean accuracy of the cells found, beside the published values",
    number="Table 5, block C",
    tables=reads.searches,
    options=reads.search_options,
)
def search_means(benchmark: Benchmark, found: Searches, *, settings: Settings, table: str) -> Drawing:
    """Mean and standard deviation over runs, beside the published ones."""
    data = search_statistics(mean_scores(benchmark), found)
    panels = list(data["score"].unique())
    rows = -(-len(panels) // 3)
    figure, axes = canvas(rows, min(3, len(panels)), 9.5, 2.6 * rows, squeeze=False)
    for axis, score in zip(np.ravel(axes), panels, strict=False):
        part = data[data["score"] == score].reset_index(drop=True)
        above, below = part.index - 0.12, part.index + 0.12
        axis.errorbar(part["mean"], below, xerr=part["std"], fmt="o", color="#0072B2", label="here")
        deviation = part["published_std"]
        axis.errorbar(part["published_mean"], above, xerr=deviation, fmt="s", color="#D55E00", label="published")
        axis.set_yticks(part.index, part["algorithm"])
        axis.margins(y=0.12)
        axis.invert_yaxis()
        axis.set_title(score_title(score))
        axis.set_xlabel("accuracy (%), mean ± std over runs")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=2)
    note = (
        f"Settings: {described(settings.algorithms)}. The default REINFORCE rate was picked by comparing six with "
        "these published values (docs/methods.md). Published: 12-epoch evaluations in 12,000 s, "
        f"{SEARCH_RUNS} runs; differences with 95% intervals are in the data."
    )
    return Drawing(figure, data, f"{search_source(table, settings)} {note}")


def search_statistics(scores: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Means over runs, and how far they are from the published ones.

    Args:
        scores: one row per cell, one column per score (:func:`~nascope.analysis.ranking.mean_scores`).
        found: a ``searches`` table.

    Returns:
        One row per score and algorithm: mean and standard deviation over runs (ddof 0, as published), the published
        values (NaN: none), and the difference of means with Welch's 95% interval, all in percent.
    """
    rows = []
    for score, published in TABLE_5C.items():
        if score not in scores:
            continue
        for name, group in found.groupby("algorithm", sort=False):
            values = scores.loc[group["index"], score]
            mean, std = published.get(name, (np.nan, np.nan))
            low, high = np.nan, np.nan
            if len(values) > 1:
                low, high = welch_interval(moments(values), published_moments(mean, std, SEARCH_RUNS))
            ours = (len(values), values.mean(), values.std(ddof=0))
            rows.append((score, name, *ours, mean, std, values.mean() - mean, low, high))
    return pd.DataFrame(rows, columns=list(_COLUMNS))
