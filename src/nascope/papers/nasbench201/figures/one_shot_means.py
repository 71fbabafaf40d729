"""Final cells of one-shot searches beside the published means: Table 5, blocks A and B."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.one_shot import last_epochs, scored_searches
from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import moments, published_moments, welch_interval
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import ONE_SHOT_RUNS, TABLE_5AB
from nascope.papers.nasbench201.settings import OneShot as Settings
from nascope.papers.nasbench201.supernets import MODES, supernet_source
from nascope.schemas.searches import Benchmark, OneShot


@PAPER.figure(
    "Final cells of one-shot searches",
    number="Table 5, blocks A and B",
    tables=reads.one_shot,
    options=reads.one_shot_options,
)
def one_shot_means(found: OneShot, benchmark: Benchmark, *, settings: Settings, table: str) -> Drawing:
    """The cells of the last epoch, one dot per seed, beside the published means."""
    data = _beside_published(last_epochs(scored_searches(found, benchmark)))
    scores, modes = list(data["score"].unique()), list(data["batch_norm"].unique())
    names, average = list(data["algorithm"].unique()), mean_scores(benchmark).mean()
    width, height = 3.4 * len(scores), 2.3 * len(modes)
    figure, axes = canvas(len(modes), len(scores), width, height, squeeze=False, sharey=True, sharex="col")
    for row, mode in zip(axes, modes, strict=True):
        for axis, score in zip(row, scores, strict=True):
            chosen = data[(data["batch_norm"] == mode) & (data["score"] == score)]
            _draw(axis, chosen, names, published=settings.oracle == "published")
            axis.axvline(average[score], color="#666666", linestyle=":", linewidth=0.8, label="mean of all cells")
            axis.set_title(f"{score_title(score)}, {MODES[mode]}")
        row[0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    for axis in axes[-1]:
        axis.set_xlabel("accuracy (%)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=3)
    return Drawing(figure, data, supernet_source(found, benchmark, settings, table))


def _draw(axis: Axes, cells: pd.DataFrame, names: list[str], *, published: bool) -> None:
    places = [names.index(name) for name in cells["algorithm"]]
    axis.scatter(cells["accuracy"], places, color="#0072B2", s=16, label="here, one dot per seed")
    if published:
        bars = cells.drop_duplicates("algorithm")
        axis.errorbar(
            bars["published_mean"],
            np.arange(len(bars)) + 0.25,
            xerr=bars["published_std"],
            fmt="s",
            color="#D55E00",
            markersize=4,
            label="published",
        )


def _beside_published(final: pd.DataFrame) -> pd.DataFrame:
    """Add the published mean and deviation, and the difference of means with Welch's 95% interval."""
    parts = []
    for (mode, name, score), group in final.groupby(["batch_norm", "algorithm", "score"], sort=False):
        mean, std = TABLE_5AB[mode].get(name, {}).get(score, (np.nan, np.nan))
        difference, low, high = group["accuracy"].mean() - mean, np.nan, np.nan
        if len(group) > 1:
            low, high = welch_interval(moments(group["accuracy"]), published_moments(mean, std, ONE_SHOT_RUNS))
        published = group.assign(published_mean=mean, published_std=std)
        parts.append(published.assign(difference=difference, difference_low=low, difference_high=high))
    return pd.concat(parts, ignore_index=True)
