"""One-shot searches by epoch: Fig. 7 and 8."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.one_shot import scored_searches
from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas, colours_of
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.settings import OneShot as Settings
from nascope.papers.nasbench201.supernets import MODES, main_score, published_places, supernet_source
from nascope.schemas.searches import Benchmark, OneShot

_FEW = 3  # seeds that are drawn one by one
_SEARCH = ["batch_norm", "algorithm", "score"]


@PAPER.figure(
    "Accuracy of the cell that a one-shot search would return, by epoch",
    number="Fig. 7 and 8",
    tables=reads.one_shot_beside,
    options=reads.one_shot_options,
)
def one_shot(found: OneShot, benchmark: Benchmark, published: Benchmark, *, settings: Settings, table: str) -> Drawing:
    """What the cell of each epoch scores in the table, and its place there beside the published one."""
    scored, best = scored_searches(found, benchmark), mean_scores(benchmark).max()
    names, modes = list(scored["score"].unique()), list(scored["batch_norm"].unique())
    shown, main = [name for name in names if name.endswith("test")] or names, main_score(names)
    places = published_places(published)
    places = places[places["score"] == main_score(places["score"])]
    figure, axes = canvas(len(modes), len(shown) + 2, 3.4 * (len(shown) + 2), 3 * len(modes), squeeze=False)
    for row, mode in zip(axes, modes, strict=True):
        chosen = scored[scored["batch_norm"] == mode]
        for axis, name in zip(row[:-2], shown, strict=True):
            _draw(axis, chosen[chosen["score"] == name], "accuracy")
            axis.axhline(best[name], color="#666666", linestyle="--", linewidth=0.8, label="best cell")
            axis.set_title(f"{score_title(name)}, {MODES[mode]}")
        _draw(row[-2], chosen[chosen["score"] == main], "percentile")
        _draw_places(row[-2], places[places["batch_norm"] == mode], chosen)
        row[-2].set(title=f"cells that are worse, {MODES[mode]}", ylabel="share of all cells", ylim=(-0.04, 1.04))
        _draw(row[-1], chosen[chosen["score"] == main], "proxy_accuracy")
        row[-1].set_title(f"by the supernet itself, {MODES[mode]}")
        row[0].set_ylabel("accuracy (%)")
    for axis in axes[-1]:
        axis.set_xlabel("search epoch")
    handles: dict[str, Any] = {}
    for axis in axes[0]:
        handles |= dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=8, fontsize=8)
    spread = "thin lines are seeds" if found["seed"].nunique() <= _FEW else "bands are ± one standard deviation"
    note = f"{supernet_source(found, benchmark, settings, table)} Thick lines are means over seeds, {spread}."
    return Drawing(figure, _with_published(_by_epoch(scored), places), note)


def _by_epoch(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation (ddof 0) over seeds, and each seed."""
    columns = ["accuracy", "percentile", "proxy_accuracy"]
    found = scored.groupby([*_SEARCH, "epoch"], sort=False)[columns].agg(["mean", _std])
    found.columns = [name if kind == "mean" else f"{name}_std" for name, kind in found.columns]
    return found.reset_index()


def _std(values: pd.Series) -> float:
    return float(values.std(ddof=0))


def _with_published(data: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Add what was published to each row of an algorithm and mode."""
    values = places.rename(columns={"score": "published_score"})
    return data.merge(values, on=["batch_norm", "algorithm"], how="left")


def _draw(axis: Axes, scored: pd.DataFrame, column: str) -> None:
    """The mean over seeds by epoch, with each of a few seeds or with the deviation of many."""
    colours = colours_of(list(scored["algorithm"].unique()))
    for name, group in scored.groupby("algorithm", sort=False):
        seeds = group.pivot(index="epoch", columns="seed", values=column)
        mean, deviation = seeds.mean(axis=1), seeds.std(axis=1, ddof=0)
        axis.plot(seeds.index, mean, color=colours[name], label=name)
        if len(seeds.columns) > _FEW:
            low, high = mean - deviation, mean + deviation
            axis.fill_between(seeds.index, low, high, color=colours[name], alpha=0.12, linewidth=0)
        elif len(seeds.columns) > 1:
            axis.plot(seeds.index, seeds, color=colours[name], linewidth=0.5, alpha=0.6)


def _draw_places(axis: Axes, places: pd.DataFrame, scored: pd.DataFrame) -> None:
    """Squares at the end of the search for the places of published means, in the colours of the algorithms."""
    names = list(scored["algorithm"].unique())
    colours, end = colours_of(names), scored["epoch"].max()
    for name, row in places.set_index("algorithm").iterrows():
        if name in colours:
            x = end * (1.04 + 0.035 * names.index(name))  # side by side: several were published with one place
            label = "published" if name == names[0] else None
            (square,) = axis.plot(x, row["published_percentile"], "s", color=colours[name], label=label)
            square.set_markeredgecolor("black")
