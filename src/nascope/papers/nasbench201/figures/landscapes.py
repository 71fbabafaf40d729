"""Fitness landscapes of whole tables: accuracy by distance to the best cell, and local optima."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.ranking import mean_scores
from nascope.analysis.whole_tables import by_genotype, distances_to_best, local_optima, task_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.schemas.evidence import Tasks
from nascope.schemas.results import NASBENCH201, TASK_SCORES
from nascope.schemas.searches import Benchmark

_BAND = (0.1, 0.9)  # quantiles


@PAPER.figure(
    "Fitness landscapes: scores by distance to the best cell, and local optima",
    tables=lambda plan: {"benchmark": NASBENCH201, "tasks": TASK_SCORES},
    options=table_name,
)
def landscapes(benchmark: Benchmark, tasks: Tasks, *, table: str) -> Drawing:
    """Ranks of scores by the number of edges in which a cell differs from the best one."""
    published = by_genotype(mean_scores(benchmark), benchmark).rename(columns=score_title)
    spaces = {"NAS-Bench-201": published, "TransNAS-Bench-101": task_table(tasks)}
    data = pd.concat([_described(scores).assign(space=name) for name, scores in spaces.items()], ignore_index=True)
    columns = max(len(scores.columns) for scores in spaces.values())
    figure, axes = canvas(len(spaces), columns, 1.9 * columns, 2.5 * len(spaces), sharey=True, squeeze=False)
    for row, (name, scores) in zip(axes, spaces.items(), strict=True):
        for axis, score in zip(row, scores, strict=False):
            _draw(axis, data[(data["space"] == name) & (data["score"] == score)])
        for axis in row[len(scores.columns) :]:
            axis.set_axis_off()
        row[0].set_ylabel(f"{name}\nshare of cells that are worse")
    note = (
        f"Top: {published_source(table)}. Bottom: {len(spaces['TransNAS-Bench-101']):,} cells on "
        f"{len(spaces['TransNAS-Bench-101'].columns)} tasks, one run each (evidence.tasks). Lines: medians of the "
        f"share of cells that are worse; bands: {_BAND[0]:.0%} to {_BAND[1]:.0%} of the cells at that distance. A "
        "local optimum is no worse than any cell that differs in one edge."
    )
    return Drawing(figure, data, note)


def _described(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per score and distance: quantiles of relative ranks, rank correlation and local optima of the score."""
    places, far = scores.rank() / len(scores), distances_to_best(scores)
    optima, parts = local_optima(scores).sum(), []
    for name in scores:
        quantiles = places[name].groupby(far[name].to_numpy()).quantile([_BAND[0], 0.5, _BAND[1]]).unstack()
        part = quantiles.set_axis(["low", "median", "high"], axis=1).rename_axis("distance").reset_index()
        rho = float(far[name].corr(scores[name], method="spearman"))
        cells = np.bincount(far[name])
        parts.append(part.assign(score=name, cells=cells[cells > 0], spearman=rho, local_optima=int(optima[name])))
    return pd.concat(parts, ignore_index=True)


def _draw(axis: Axes, data: pd.DataFrame) -> None:
    axis.fill_between(data["distance"], data["low"], data["high"], color="#0072B2", alpha=0.15, linewidth=0)
    axis.plot(data["distance"], data["median"], "o-", color="#0072B2", markersize=3)
    facts, name = data.iloc[0], str(data["score"].iloc[0]).replace("_", " ")
    axis.set_title(f"{name}\nSpearman {facts['spearman']:.2f}, {facts['local_optima']} optima", fontsize=8)
    axis.set_xlabel("edges that differ\nfrom the best cell")
