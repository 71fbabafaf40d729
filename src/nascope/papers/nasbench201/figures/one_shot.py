"""One-shot searches by epoch: Fig. 7 and 8."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.one_shot import scored_searches
from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas, colours_of
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.settings import OneShot as Settings
from nascope.papers.nasbench201.supernets import MODES, supernet_source
from nascope.schemas.searches import Benchmark, OneShot


@PAPER.figure(
    "Accuracy of the cell that a one-shot search would return, by epoch",
    number="Fig. 7 and 8",
    tables=reads.one_shot,
    options=reads.one_shot_options,
)
def one_shot(found: OneShot, benchmark: Benchmark, *, settings: Settings, table: str) -> Drawing:
    """What the cell of each epoch scores in the table; mean and standard deviation over seeds."""
    scored, best = scored_searches(found, benchmark), mean_scores(benchmark).max()
    names, modes = list(scored["score"].unique()), list(scored["batch_norm"].unique())
    shown = [name for name in names if name.endswith("test")] or names
    data = _by_epoch(scored)
    figure, axes = canvas(len(modes), len(shown) + 1, 4 * (len(shown) + 1), 3 * len(modes), squeeze=False)
    for row, mode in zip(axes, modes, strict=True):
        chosen = data[data["batch_norm"] == mode]
        for axis, name in zip(row[:-1], shown, strict=True):
            _bands(axis, chosen[chosen["score"] == name], "accuracy")
            axis.axhline(best[name], color="#666666", linestyle="--", linewidth=0.8, label="best cell")
            axis.set_title(f"{score_title(name)}, {MODES[mode]}")
        _bands(row[-1], chosen[chosen["score"] == names[0]], "proxy_accuracy")
        row[-1].set_title(f"by the supernet itself, {MODES[mode]}")
        row[0].set_ylabel("accuracy (%)")
    for axis in axes[-1]:
        axis.set_xlabel("search epoch")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=7, fontsize=8)
    return Drawing(figure, data, supernet_source(found, benchmark, settings, table))


def _by_epoch(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation (ddof 0) over seeds."""
    groups = scored.groupby(["batch_norm", "algorithm", "score", "epoch"], sort=False)
    return groups.agg(
        accuracy=("accuracy", "mean"),
        accuracy_std=("accuracy", _std),
        proxy_accuracy=("proxy_accuracy", "mean"),
        proxy_accuracy_std=("proxy_accuracy", _std),
    ).reset_index()


def _std(values: pd.Series) -> float:
    return float(values.std(ddof=0))


def _bands(axis: Axes, data: pd.DataFrame, column: str) -> None:
    colours = colours_of(list(data["algorithm"].unique()))
    for name, group in data.groupby("algorithm", sort=False):
        low, high = group[column] - group[f"{column}_std"], group[column] + group[f"{column}_std"]
        axis.plot(group["epoch"], group[column], color=colours[name], label=name)
        axis.fill_between(group["epoch"], low, high, color=colours[name], alpha=0.12, linewidth=0)
