"""Final cells of one-shot searches beside the published means: Table 5, blocks A and B."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.one_shot import last_epochs, scored_searches
from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.intervals import moments, published_moments, welch_interval
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import ONE_SHOT_RUNS
from nascope.papers.nasbench201.settings import OneShot as Settings
from nascope.papers.nasbench201.supernets import MODES, draw_published, main_score, published_places, supernet_source
from nascope.schemas.searches import Benchmark, OneShot

_SEARCH = ["batch_norm", "algorithm", "score"]


@PAPER.figure(
    "Final cells of one-shot searches",
    number="Table 5, blocks A and B",
    tables=reads.one_shot_beside,
    options=reads.one_shot_options,
)
def one_shot_means(
    found: OneShot, benchmark: Benchmark, published: Benchmark, *, settings: Settings, table: str
) -> Drawing:
    """The cells of the last epoch, one dot per seed, beside the published means and their places."""
    places = published_places(published)
    data = _beside_published(last_epochs(scored_searches(found, benchmark)), places)
    scores, modes = list(data["score"].unique()), list(data["batch_norm"].unique())
    names, average = list(data["algorithm"].unique()), mean_scores(benchmark).mean()
    width, height = 3.2 * (len(scores) + 1), 2.3 * len(modes)
    figure, axes = canvas(len(modes), len(scores) + 1, width, height, squeeze=False, sharey=True, sharex="col")
    for row, mode in zip(axes, modes, strict=True):
        for axis, score in zip(row[:-1], scores, strict=True):
            _draw(axis, data[(data["batch_norm"] == mode) & (data["score"] == score)], names)
            axis.axvline(average[score], color="#666666", linestyle=":", linewidth=0.8, label="mean of all cells")
            axis.set_title(f"{score_title(score)}, {MODES[mode]}")
        _draw_places(row[-1], data[data["batch_norm"] == mode], places[places["batch_norm"] == mode], names)
        row[-1].set_title(f"cells that are worse, {MODES[mode]}")
        row[0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    for axis in axes[-1]:
        axis.set_xlabel("accuracy (%)")
    axes[-1, -1].set_xlabel("share of all cells")
    handles: dict[str, Any] = {}
    for axis in axes[0]:
        handles |= dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=4)
    return Drawing(figure, data, supernet_source(found, benchmark, settings, table))


def _draw(axis: Any, cells: pd.DataFrame, names: list[str]) -> None:  # noqa: ANN401 - matplotlib's axes
    """Accuracies here, and published ones where the table has that score."""
    at = [names.index(name) for name in cells["algorithm"]]
    axis.scatter(cells["accuracy"], at, color="#0072B2", s=16, label="here, one dot per seed")
    bars = cells.drop_duplicates("algorithm").dropna(subset=["published_mean"])
    if len(bars):
        height = np.array([names.index(name) for name in bars["algorithm"]]) + 0.25
        draw_published(axis, bars["published_mean"].to_numpy(), height, bars["published_std"].to_numpy())


def _draw_places(axis: Any, cells: pd.DataFrame, places: pd.DataFrame, names: list[str]) -> None:  # noqa: ANN401
    """Places among all cells by the main score, here and published."""
    chosen = cells[cells["score"] == main_score(cells["score"])]
    at = [names.index(name) for name in chosen["algorithm"]]
    axis.scatter(chosen["percentile"], at, color="#0072B2", s=16, label="here, one dot per seed")
    known = places[(places["score"] == main_score(places["score"])) & places["algorithm"].isin(names)]
    height = np.array([names.index(name) for name in known["algorithm"]]) + 0.25
    draw_published(axis, known["published_percentile"].to_numpy(), height)
    axis.set_xlim(-0.04, 1.04)


def _beside_published(final: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add published values of the same scores, and the difference of means with Welch's 95% interval."""
    parts = []
    for _, group in final.merge(places, on=_SEARCH, how="left").groupby(_SEARCH, sort=False):
        mean, std = group["published_mean"].iloc[0], group["published_std"].iloc[0]
        difference, low, high = group["accuracy"].mean() - mean, np.nan, np.nan
        if len(group) > 1:
            low, high = welch_interval(moments(group["accuracy"]), published_moments(mean, std, ONE_SHOT_RUNS))
        parts.append(group.assign(difference=difference, difference_low=low, difference_high=high))
    return pd.concat(parts, ignore_index=True)
