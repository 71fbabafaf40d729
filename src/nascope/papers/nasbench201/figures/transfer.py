"""How well data sets agree on cells: Fig. 3 and 4."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from nascope.analysis import ranking
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.labels import dataset_label, score_label, score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark


@PAPER.figure(
    "Ranks of all cells on the other data sets against CIFAR-10",
    number="Fig. 3",
    tables=lambda plan: {"benchmark": NASBENCH201},
    options=table_name,
)
def ranks(benchmark: Benchmark, *, table: str) -> Drawing:
    """Rank of each cell on the other data sets against its rank on CIFAR-10."""
    data = ranking.ranks(_compared(ranking.mean_scores(benchmark)))
    first, *others = list(data.columns)
    figure, axes = canvas(1, len(others), 4 * len(others), 3.9, sharey=True)
    for axis, other in zip(np.ravel(axes), others, strict=True):
        axis.scatter(data[first], data[other], color="#0072B2", s=2, alpha=0.25, linewidths=0, rasterized=True)
        axis.plot([0, len(data)], [0, len(data)], color="#D55E00", linewidth=0.8)
        agreement = float(data[first].corr(data[other]))  # of ranks: Spearman's rho
        axis.set_title(f"{score_title(other)}, Spearman {agreement:.3f}")
        axis.set_xlabel(f"rank by {score_title(first)} (0 = worst)")
        axis.xaxis.set_major_locator(MaxNLocator(4))
    np.ravel(axes)[0].set_ylabel("rank by the title's accuracy")
    note = f"{published_source(table)}. Equal accuracies share their mean rank."
    if not first.endswith("test"):
        note += " Validation accuracies; the paper ranks by test accuracy."
    return Drawing(figure, data.reset_index(), note)


def _compared(scores: pd.DataFrame) -> pd.DataFrame:
    """Test accuracies, as in the paper, or validation accuracies where several data sets have no others."""
    tests = [name for name in scores if name.endswith("test")]
    return scores[tests if len(tests) > 1 else [name for name in scores if name.endswith("valid")]]


@PAPER.figure(
    "Correlations between data sets, for all cells and for the best",
    number="Fig. 4",
    tables=lambda plan: {"benchmark": NASBENCH201},
    options=lambda plan: {
        "score": plan.section.score,
        "thresholds": plan.section.thresholds,
        **table_name(plan),
    },
)
def correlations(benchmark: Benchmark, *, score: str, thresholds: tuple[float, ...], table: str) -> Drawing:
    """Pearson correlations between data sets, for all cells and for the best ones."""
    scores = ranking.mean_scores(benchmark)
    names = scores.columns
    data = ranking.correlations(scores, score, thresholds)
    subsets = list(data["subset"].unique())
    size = 1.6 + 0.6 * len(names)
    figure, axes = canvas(1, len(subsets), size * len(subsets), size)
    for axis, subset in zip(np.ravel(axes), subsets, strict=True):
        chosen = data[data["subset"] == subset]
        pearson, kendall = (
            chosen.pivot(index="first", columns="second", values=kind).loc[names, names].to_numpy()
            for kind in ("pearson", "kendall")
        )
        heat_map(axis, pearson, [score_label(name) for name in names], kendall)
        dataset, space, condition = subset.partition(" ")
        axis.set_title(f"{dataset_label(dataset)}{space}{condition}\n({chosen['cells'].iloc[0]:,} cells)")
    note = f"{published_source(table)}. Pearson's r (as published), Kendall's tau-b in brackets."
    if not any(name.endswith("test") for name in names):
        note += (
            " Validation accuracies only; in the paper, 4,889 and 1,435 cells pass 92% and 93% CIFAR-10 test accuracy."
        )
    return Drawing(figure, data, note)
