"""Ranks over epochs: Fig. 5 and Table 6."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.analysis import ranking
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.nasbench201.labels import score_label
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import ranked, ranked_dataset
from nascope.schemas.searches import Benchmark, Histories

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan


def _curves(plan: Plan[NasBench201]) -> dict[str, Any]:
    """Data set of the curves, and where they come from in words."""
    section = plan.section
    if section.histories == "own":
        origin = str(Trained(**plan.study(section.own_space).trained))
    elif section.histories == "published":
        origin = f"of NAS-Bench-201 ({Path(section.table).name}, every seed)"
    else:
        origin = f"of NAS-Bench-201 ({Path(section.histories).name}, means over seeds)"
    return {"dataset": ranked_dataset(plan), "origin": origin}


@PAPER.figure("Ranks after some epochs against final ranks", number="Fig. 5", tables=ranked, options=_curves)
def ranks_over_epochs(histories: Histories, benchmark: Benchmark, *, dataset: str, origin: str) -> Drawing:
    """Rank by validation accuracy after some epochs against rank by final accuracy."""
    early = ranking.early_accuracies(histories, dataset)
    final = _final(benchmark, early)
    epochs = ranking.sampled_epochs(int(early.columns.max()))
    order = np.argsort(np.argsort(final.to_numpy(), kind="stable"))
    figure, axes = canvas(1, len(epochs), 2.3 * len(epochs), 2.9, sharey=True)
    data = pd.DataFrame({"index": early.index, "final_rank": order})
    size = 2 if len(early) > 1000 else 8
    for axis, epoch in zip(axes, epochs, strict=True):
        data[f"rank_{epoch}"] = np.argsort(np.argsort(early[epoch].to_numpy(), kind="stable"))
        axis.scatter(order, data[f"rank_{epoch}"], s=size, alpha=0.5, linewidths=0, color="#0072B2", rasterized=True)
        axis.plot([0, len(data)], [0, len(data)], color="#D55E00", linewidth=0.8)
        tau = pd.Series(early[epoch].to_numpy()).corr(pd.Series(final.to_numpy()), method="kendall")
        axis.set_title(f"epoch {epoch}, Kendall {tau:.2f}")
        axis.set_xlabel(f"rank by final {score_label(str(final.name))}")
    axes[0].set_ylabel("rank by validation accuracy then")
    return Drawing(figure, data, _source(early, origin))


@PAPER.figure(
    "Correlation of early with final accuracy",
    number="Table 6",
    tables=ranked,
    options=lambda plan: {**_curves(plan), "draws": plan.section.draws},
)
def early_correlations(histories: Histories, benchmark: Benchmark, *, dataset: str, origin: str, draws: int) -> Drawing:
    """Correlation of validation accuracy after some epochs with final accuracies."""
    early = ranking.early_accuracies(histories, dataset)
    scores = ranking.mean_scores(benchmark).loc[early.index]
    data = ranking.early_correlations(histories, dataset, scores, draws=draws, seed=0)
    data["after"] = [f"epoch {row.epoch} of {row.schedule}" for row in data.itertuples()]
    epochs = list(data["after"].unique())
    pearson, kendall = (
        data.pivot(index="after", columns="score", values=kind).loc[epochs, scores.columns].to_numpy()
        for kind in ("pearson", "kendall")
    )
    figure, axis = canvas(1, 1, 2.2 + 0.9 * len(scores.columns), 1.2 + 0.5 * len(epochs))
    heat_map(axis, pearson, [score_label(name) for name in scores.columns], kendall)
    axis.set_yticks(range(len(epochs)), epochs)
    axis.set_aspect("auto")
    note = (
        f"{_source(early, origin)} Pearson's r (as published), Kendall's tau-b in brackets: means over {draws} draws "
        "of one run per cell, against the mean over runs after the last epoch; standard deviations are in the data."
    )
    return Drawing(figure, data, note)


def _final(benchmark: pd.DataFrame, early: pd.DataFrame) -> pd.Series:
    """The final score to compare with: CIFAR-10 or own test accuracy, or validation where there is no other."""
    scores = ranking.mean_scores(benchmark)
    tests = [name for name in scores if name.endswith("test")]
    return scores.loc[early.index, tests[0] if tests else scores.columns[0]]


def _source(early: pd.DataFrame, origin: str) -> str:
    return f"Curves of {len(early):,} cells {origin}, {early.columns.max()} epochs."
