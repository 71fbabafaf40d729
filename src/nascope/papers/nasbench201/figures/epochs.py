"""Ranks over epochs: Fig. 5 and Table 6."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.analysis import early as curves
from nascope.analysis.ranking import mean_scores, ranks
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.nasbench201.labels import score_label
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import OWN, PUBLISHED, ranked, ranked_dataset
from nascope.schemas.searches import Benchmark, Histories

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan


def _curves(plan: Plan[NasBench201]) -> dict[str, Any]:
    """Data set of the curves, where they come from in words, and whether equal functions share trainings."""
    section = plan.section
    if section.histories == OWN:
        origin = str(Trained(**plan.study(section.own_space).trained))
    else:
        named = section.table if section.histories == PUBLISHED else section.histories
        origin = f"of NAS-Bench-201 ({Path(named).name})"
    return {"dataset": ranked_dataset(plan), "origin": origin, "shared": section.histories == OWN}


@PAPER.figure("Ranks after some epochs against final ranks", number="Fig. 5", tables=ranked, options=_curves)
def ranks_over_epochs(
    histories: Histories, benchmark: Benchmark, *, dataset: str, origin: str, shared: bool
) -> Drawing:
    """Rank by validation accuracy after some epochs against rank by final accuracy."""
    early = curves.early_accuracies(histories, dataset)
    if shared:
        early = early.loc[curves.representatives(benchmark)]
    scores = mean_scores(benchmark).loc[early.index]
    score = next((name for name in scores if name.endswith("test")), str(scores.columns[0]))
    epochs = curves.sampled_epochs(int(early.columns.max()))
    data = ranks(early[epochs].add_prefix("rank_").assign(final_rank=scores[score]))
    figure, axes = canvas(1, len(epochs), 2.3 * len(epochs), 2.9, sharey=True, squeeze=False)
    size = 2 if len(early) > 1000 else 8
    for axis, epoch in zip(axes[0], epochs, strict=True):
        found = data[f"rank_{epoch}"]
        axis.scatter(data["final_rank"], found, s=size, alpha=0.5, linewidths=0, color="#0072B2", rasterized=True)
        axis.plot([0, len(data)], [0, len(data)], color="#D55E00", linewidth=0.8)
        axis.set_title(f"epoch {epoch}, Kendall {found.corr(data['final_rank'], method='kendall'):.2f}")
        axis.set_xlabel(f"rank by final {score_label(score)}")
    axes[0, 0].set_ylabel("rank by validation accuracy then")
    note = f"{_source(early.index, shared, origin)} Both are means over runs; equal accuracies share their mean rank."
    return Drawing(figure, data.reset_index(), note)


@PAPER.figure(
    "Correlation of early with final accuracy",
    number="Table 6",
    tables=ranked,
    options=lambda plan: {**_curves(plan), "draws": plan.section.draws},
)
def early_correlations(
    histories: Histories, benchmark: Benchmark, *, dataset: str, origin: str, shared: bool, draws: int
) -> Drawing:
    """Correlation of validation accuracy after some epochs with the final accuracies of other runs."""
    if shared:
        benchmark = benchmark[benchmark["index"].isin(curves.representatives(benchmark))]
        histories = histories[histories["index"].isin(benchmark["index"])]
    early = curves.early_runs(histories, benchmark, dataset)
    data = curves.early_correlations(early, benchmark, dataset, draws=draws, seed=0)
    data["after"] = [f"epoch {row.epoch} of {row.schedule} ({row.cells:,})" for row in data.itertuples()]
    rows, scores = list(data["after"].unique()), list(data["score"].unique())
    pearson, kendall = (
        data.pivot(index="after", columns="score", values=kind).loc[rows, scores].to_numpy()
        for kind in ("pearson", "kendall")
    )
    figure, axis = canvas(1, 1, 3 + 0.9 * len(scores), 1.2 + 0.5 * len(rows))
    heat_map(axis, pearson, [score_label(name) for name in scores], kendall)
    axis.set_yticks(range(len(rows)), rows)
    axis.set_aspect("auto")
    note = (
        f"{_source(histories['index'].unique(), shared, origin)} Rows: number of {'functions' if shared else 'cells'} "
        f"in brackets. Pearson's r (as published), Kendall's tau-b in brackets: means over {draws} draws of one run "
        f"each, against the mean final accuracy of its other runs{_same(data)}; standard deviations are in the data."
    )
    return Drawing(figure, data, note)


def _same(data: pd.DataFrame) -> str:
    """What was compared with itself, in words."""
    chosen = data[data["against"] == curves.SAME_RUNS]
    if chosen.empty:
        return ""
    names = " and ".join(name.replace("\n", " ") for name in map(score_label, chosen["score"].unique()))
    return f" (these curves are means over runs: in their column, {names}, over the same runs)"


def _source(cells: pd.Index | np.ndarray, shared: bool, origin: str) -> str:
    return f"Curves of {len(cells):,} {'functions' if shared else 'cells'} {origin}."
