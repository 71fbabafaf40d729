"""Figures of one-shot searches: Fig. 7 and 8, and Table 5, blocks A and B."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.one_shot import final_cells, scored_searches
from nascope.analysis.ranking import mean_scores, welch_interval
from nascope.figures.nasbench201.tables import published_source, score_label
from nascope.figures.style import Drawing, canvas
from nascope.reference import NASBENCH201_ONE_SHOT_RUNS, NASBENCH201_TABLE_5AB

_COLOURS = {
    "RSPS": "#999999",
    "DARTS-V1": "#D55E00",
    "DARTS-V2": "#E69F00",
    "GDAS": "#0072B2",
    "SETN": "#56B4E9",
    "ENAS": "#009E73",
}
_MODES = {"running": "running estimates", "batch": "batch statistics"}


def one_shot(one_shot: pd.DataFrame, benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 7 and 8: what the cell of each epoch scores in the table; mean and standard deviation over seeds."""
    scored, best = scored_searches(one_shot, benchmark), mean_scores(benchmark).max()
    names = list(scored["score"].unique())
    shown = [name for name in names if name.endswith("test")] or names
    modes = list(scored["batch_norm"].unique())
    figure, axes = canvas(len(modes), len(shown) + 1, 4 * (len(shown) + 1), 3 * len(modes), squeeze=False)
    groups = scored.groupby(["batch_norm", "algorithm", "score", "epoch"], sort=False)
    data = groups.agg(
        accuracy=("accuracy", "mean"),
        accuracy_std=("accuracy", _std),
        proxy_accuracy=("proxy_accuracy", "mean"),
        proxy_accuracy_std=("proxy_accuracy", _std),
    ).reset_index()
    for row, mode in zip(axes, modes, strict=True):
        chosen = data[data["batch_norm"] == mode]
        for axis, name in zip(row, shown, strict=False):
            _bands(axis, chosen[chosen["score"] == name], "accuracy")
            axis.axhline(best[name], color="#666666", linestyle="--", linewidth=0.8, label="best cell")
            axis.set_title(f"{score_label(name)}, {_MODES[mode]}".replace("\n", " "))
        _bands(row[-1], chosen[chosen["score"] == names[0]], "proxy_accuracy")
        row[-1].set_title(f"by the supernet itself, {_MODES[mode]}")
        row[0].set_ylabel("accuracy (%)")
    for axis in axes[-1]:
        axis.set_xlabel("search epoch")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=7, fontsize=8)
    return Drawing(figure, data, _source(one_shot, benchmark, options))


def one_shot_means(one_shot: pd.DataFrame, benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 5, blocks A and B: the cells of the last epoch, each seed a dot, beside the published means."""
    data = _beside_published(final_cells(scored_searches(one_shot, benchmark)))
    scores, modes = list(data["score"].unique()), list(data["batch_norm"].unique())
    published, average = options["oracle"] == "published", mean_scores(benchmark).mean()
    size = (3.4 * len(scores), 2.3 * len(modes))
    figure, axes = canvas(len(modes), len(scores), *size, squeeze=False, sharey=True, sharex="col")
    names = list(data["algorithm"].unique())
    for row, mode in zip(axes, modes, strict=True):
        for axis, score in zip(row, scores, strict=True):
            chosen = data[(data["batch_norm"] == mode) & (data["score"] == score)]
            places = [names.index(name) for name in chosen["algorithm"]]
            axis.scatter(chosen["accuracy"], places, color="#0072B2", s=16, label="here, a seed")
            if published:
                style = {"fmt": "s", "color": "#D55E00", "label": "published", "markersize": 4}
                bars = chosen.drop_duplicates("algorithm")
                axis.errorbar(bars["published_mean"], np.arange(len(bars)) + 0.25, xerr=bars["published_std"], **style)
            axis.axvline(average[score], color="#666666", linestyle=":", linewidth=0.8, label="mean of all cells")
            axis.set_title(f"{score_label(score)}, {_MODES[mode]}".replace("\n", " "))
        row[0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    for axis in axes[-1]:
        axis.set_xlabel("accuracy (%)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=3)
    return Drawing(figure, data, _source(one_shot, benchmark, options))


def _beside_published(final: pd.DataFrame) -> pd.DataFrame:
    """Add the published mean and deviation, and the difference of means with Welch's 95% interval."""
    parts = []
    for (mode, name, score), group in final.groupby(["batch_norm", "algorithm", "score"], sort=False):
        mean, std = NASBENCH201_TABLE_5AB[mode][name].get(score, (np.nan, np.nan))
        runs, published_runs = len(group), NASBENCH201_ONE_SHOT_RUNS
        difference, low, high = group["accuracy"].mean() - mean, np.nan, np.nan
        if runs > 1:
            # The published deviation is over runs, not of their mean (ddof 0).
            spread = std * (published_runs / (published_runs - 1)) ** 0.5
            ours = (group["accuracy"].mean(), group["accuracy"].std(), runs)
            low, high = welch_interval(ours, (mean, spread, published_runs))
        published = {"published_mean": mean, "published_std": std}
        parts.append(group.assign(**published, difference=difference, difference_low=low, difference_high=high))
    return pd.concat(parts, ignore_index=True)


def _std(values: pd.Series) -> float:
    return float(values.std(ddof=0))


def _bands(axis: Any, data: pd.DataFrame, column: str) -> None:  # noqa: ANN401
    for name, group in data.groupby("algorithm", sort=False):
        low, high = group[column] - group[f"{column}_std"], group[column] + group[f"{column}_std"]
        axis.plot(group["epoch"], group[column], color=_COLOURS[str(name)], label=name)
        axis.fill_between(group["epoch"], low, high, color=_COLOURS[str(name)], alpha=0.12, linewidth=0)


def _source(one_shot: pd.DataFrame, benchmark: pd.DataFrame, options: dict[str, Any]) -> str:
    weights = options["weights"]
    if options["oracle"] == "published":
        oracle = f"{published_source(options['table'])}; published: CIFAR-10, C=16, N=5, 250 epochs (DARTS 50), 3 runs"
    else:
        oracle = f"our own table ({benchmark['index'].nunique()} cells trained here on {benchmark['dataset'].iloc[0]})"
    return (
        f"Supernets of {options['nodes']}-node cells, C={weights['channels']}, N={weights['cells']}, trained here on "
        f"{options['dataset']}, {one_shot['seed'].nunique()} seed(s), up to {one_shot['epoch'].max()} epochs (settings "
        f"in results/config.yaml). Scored by {oracle}."
    )
