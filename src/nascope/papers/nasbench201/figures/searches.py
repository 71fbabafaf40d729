"""Sample-based searches in the published table: Fig. 6, 9 and 10, and Table 4."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import TABLE_5C
from nascope.papers.nasbench201.searched import search_source, sorted_runs
from nascope.papers.nasbench201.settings import Searches as Settings
from nascope.schemas.results import NASBENCH201, NASBENCH201_SEARCHES, NASBENCH201_SWEEPS
from nascope.schemas.searches import Benchmark, Searches


@PAPER.figure(
    "Accuracy of the cells found by sample-based search, runs sorted",
    number="Fig. 6",
    tables=reads.searches,
    options=reads.search_options,
)
def searches(benchmark: Benchmark, found: Searches, *, settings: Settings, table: str) -> Drawing:
    """Final accuracy of the cells found, the runs of each algorithm sorted."""
    scores = mean_scores(benchmark)
    panels = [score for score in TABLE_5C if score in scores]
    rows = -(-len(panels) // 3)
    figure, axes = canvas(rows, min(3, len(panels)), 9.5, 3.2 * rows, squeeze=False)
    data = found[["algorithm", "run"]].join(scores.loc[found["index"], panels].reset_index(drop=True))
    for axis, score in zip(np.ravel(axes), panels, strict=False):
        sorted_runs(axis, data, score, scores[score].max())
    axes[0, 0].set_ylabel("accuracy (%)")
    axes[0, 0].legend(loc="lower right")
    return Drawing(figure, data, search_source(table, settings))


@PAPER.figure(
    "Regularized evolution by sample size, REINFORCE by learning rate",
    number="Fig. 9 and 10",
    tables=lambda plan: {"benchmark": NASBENCH201, "found": NASBENCH201_SWEEPS},
    options=reads.search_options,
    where=lambda plan: bool(plan.section.searches.sweeps),
)
def sweeps(benchmark: Benchmark, found: Searches, *, settings: Settings, table: str) -> Drawing:
    """What one setting of an algorithm does, runs sorted."""
    score = f"{settings.dataset} valid"
    data = found[["algorithm", "settings", "run"]].assign(
        accuracy=mean_scores(benchmark).loc[found["index"], score].to_numpy()
    )
    names = list(data["algorithm"].unique())
    figure, axes = canvas(1, len(names), 4.6 * len(names), 3.4, squeeze=False, sharey=True)
    for axis, name in zip(axes[0], names, strict=True):
        for text, group in data[data["algorithm"] == name].groupby("settings", sort=False):
            ((setting, value),) = json.loads(text).items()
            axis.plot(np.sort(group["accuracy"]), label=f"{value} (mean {group['accuracy'].mean():.2f})")
        axis.legend(title=setting.replace("_", " "), loc="lower right")
        axis.set_title(name)
        axis.set_xlabel("run, sorted")
    axes[0, 0].set_ylabel(f"{score_title(score)} accuracy (%)")
    axes[0, 0].set_ylim(data["accuracy"].quantile(0.02))
    return Drawing(figure, data, search_source(table, settings))


@PAPER.figure(
    "What a search costs",
    number="Table 4",
    tables=lambda plan: {"found": NASBENCH201_SEARCHES},
    options=reads.search_options,
)
def costs(found: Searches, *, settings: Settings, table: str) -> Drawing:
    """What a search costs in simulated training time, and how many cells it sees for it."""
    groups = found.groupby("algorithm", sort=False)
    data = groups.agg(
        runs=("run", "count"),
        evaluations=("evaluations", "mean"),
        evaluations_std=("evaluations", "std"),
        simulated_seconds=("simulated_seconds", "mean"),
    ).reset_index()
    printed = pd.DataFrame(
        {
            "algorithm": data["algorithm"],
            "runs": data["runs"].map(str),
            "cells evaluated": [f"{row.evaluations:.1f} ± {row.evaluations_std:.1f}" for row in data.itertuples()],
            "simulated training (s)": data["simulated_seconds"].map("{:,.0f}".format),
        }
    )
    figure, axis = canvas(1, 1, 6.5, 0.5 + 0.27 * len(data))
    text_table(axis, printed)
    note = f"{search_source(table, settings)} Times are those of one graphics card, as the table records them."
    return Drawing(figure, data, note)
