"""Figures of sample-based searches: Fig. 6, 9 and 10, and Table 5, block C."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis import ranking
from nascope.figures.matrices import text_table
from nascope.figures.nasbench201.tables import published_source, score_label
from nascope.figures.style import Drawing, canvas
from nascope.reference import NASBENCH201_RUNS, NASBENCH201_TABLE_5C

_COLOURS = {
    "RS": "#999999",
    "REA": "#0072B2",
    "REINFORCE": "#D55E00",
    "BOHB": "#CC79A7",
    "LS": "#009E73",
    "PG": "#E69F00",
}


def searches(benchmark: pd.DataFrame, searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 6: final accuracy of the cells found, the runs of each algorithm sorted."""
    scores = ranking.mean_scores(benchmark)
    panels = [score for score in NASBENCH201_TABLE_5C if score in scores]
    rows = -(-len(panels) // 3)
    figure, axes = canvas(rows, min(3, len(panels)), 9.5, 3.2 * rows, squeeze=False)
    found = searches[["algorithm", "run"]].join(scores.loc[searches["index"], panels].reset_index(drop=True))
    for axis, score in zip(np.ravel(axes), panels, strict=False):
        for name, group in found.groupby("algorithm", sort=False):
            axis.plot(np.sort(group[score]), label=name, color=_COLOURS[name])
        axis.axhline(scores[score].max(), color="#666666", linestyle="--", linewidth=0.8, label="best cell")
        axis.set_title(score_label(score).replace("\n", " "))
        axis.set_xlabel("run, sorted")
    axes[0, 0].set_ylabel("accuracy (%)")
    axes[0, 0].legend(loc="lower right")
    return Drawing(figure, found, _search_source(options))


def search_means(benchmark: pd.DataFrame, searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 5, block C: mean and deviation over runs, beside the published ones."""
    data = search_statistics(ranking.mean_scores(benchmark), searches)
    panels = list(data["score"].unique())
    rows = -(-len(panels) // 3)
    figure, axes = canvas(rows, min(3, len(panels)), 9.5, 2.6 * rows, squeeze=False)
    for axis, score in zip(np.ravel(axes), panels, strict=False):
        chosen = data[data["score"] == score].reset_index(drop=True)
        axis.errorbar(chosen["mean"], chosen.index + 0.12, xerr=chosen["std"], fmt="o", color="#0072B2", label="here")
        style = {"fmt": "s", "color": "#D55E00", "label": "published"}
        axis.errorbar(chosen["published_mean"], chosen.index - 0.12, xerr=chosen["published_std"], **style)
        axis.set_yticks(chosen.index, chosen["algorithm"])
        axis.margins(y=0.12)
        axis.invert_yaxis()
        axis.set_title(score_label(score).replace("\n", " "))
        axis.set_xlabel("accuracy (%), mean ± std over runs")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    note = (
        f"Settings: {_settings(options)}. The default REINFORCE rate was picked by comparing six with these published "
        "values (docs/methods.md). Published: 12-epoch evaluations in 12,000 s, 500 runs; differences with 95% "
        "intervals are in the data."
    )
    return Drawing(figure, data, f"{_search_source(options)} {note}")


def search_statistics(scores: pd.DataFrame, searches: pd.DataFrame) -> pd.DataFrame:
    """Mean and std (ddof 0, as published) over runs, the published values, and the difference with its 95% interval."""
    rows = []
    for score, published in NASBENCH201_TABLE_5C.items():
        if score not in scores:
            continue
        for name, group in searches.groupby("algorithm", sort=False):
            values = scores.loc[group["index"], score]
            mean, std = published.get(name, (np.nan, np.nan))
            reach = 1.96 * np.sqrt(values.var(ddof=0) / len(values) + std**2 / NASBENCH201_RUNS)
            gap = values.mean() - mean
            rows.append(
                (score, name, len(values), values.mean(), values.std(ddof=0), mean, std, gap, gap - reach, gap + reach)
            )
    columns = ["score", "algorithm", "runs", "mean", "std", "published_mean", "published_std"]
    return pd.DataFrame(rows, columns=[*columns, "difference", "difference_low", "difference_high"])


def sweeps(benchmark: pd.DataFrame, searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 9 and 10: what one setting of an algorithm does, runs sorted."""
    score = f"{options['dataset']} valid"
    found = searches[["algorithm", "settings", "run"]].assign(
        accuracy=ranking.mean_scores(benchmark).loc[searches["index"], score].to_numpy()
    )
    names = list(found["algorithm"].unique())
    figure, axes = canvas(1, len(names), 4.6 * len(names), 3.4, squeeze=False, sharey=True)
    for axis, name in zip(axes[0], names, strict=True):
        for settings, group in found[found["algorithm"] == name].groupby("settings", sort=False):
            ((setting, value),) = json.loads(str(settings)).items()
            axis.plot(np.sort(group["accuracy"]), label=f"{value} (mean {group['accuracy'].mean():.2f})")
        axis.legend(title=setting.replace("_", " "), loc="lower right")
        axis.set_title(name)
        axis.set_xlabel("run, sorted")
    axes[0, 0].set_ylabel(f"{score_label(score)} accuracy (%)".replace("\n", " "))
    axes[0, 0].set_ylim(found["accuracy"].quantile(0.02))
    return Drawing(figure, found, _search_source(options))


def own_searches(benchmark: pd.DataFrame, searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """The same algorithms on our own table, whose epochs are real fidelities for BOHB."""
    scores = ranking.mean_scores(benchmark)
    splits = list(scores.columns)
    figure, axes = canvas(1, len(splits) + 1, 3.3 * (len(splits) + 1), 3.2)
    data = searches.join(scores.loc[searches["index"]].reset_index(drop=True))
    names = list(data["algorithm"].unique())
    for axis, split in zip(axes, splits, strict=False):
        for name in names:
            axis.plot(np.sort(data.loc[data["algorithm"] == name, split]), label=name, color=_COLOURS[name])
        axis.axhline(scores[split].max(), color="#666666", linestyle="--", linewidth=0.8, label="best cell")
        axis.set_title(score_label(split).replace("\n", " "))
        axis.set_xlabel("run, sorted")
    axes[0].set_ylabel("accuracy (%)")
    axes[0].legend(loc="lower right")
    axes[-1].barh(names, [data.loc[data["algorithm"] == name, "evaluations"].mean() for name in names], color="#999999")
    axes[-1].invert_yaxis()
    axes[-1].set_xlabel("evaluations a run, of any number of epochs")
    note = (
        f"Our own table: {len(scores)} cells trained here on {options['dataset']}, {benchmark['seed'].nunique()} "
        f"seed(s). {options['runs']} runs each; an evaluation answers with one run's validation accuracy and costs its "
        f"epochs, {options['epochs']} but for BOHB's lower rungs; budget {options['budget']} epochs. Settings: "
        f"{_settings(options)}. Shown: mean over seeds of the cell found."
    )
    return Drawing(figure, data, note)


def costs(searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 4: what a search costs in simulated training time, and how many cells it sees for it."""
    groups = searches.groupby("algorithm", sort=False)
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
    return Drawing(figure, data, f"{_search_source(options)} Time of one graphics card as the table records it.")


def _settings(options: dict[str, Any]) -> str:
    return "; ".join(f"{name} {values}" for name, values in options["algorithms"].items() if values) or "defaults"


def _search_source(options: dict[str, Any]) -> str:
    return (
        f"{published_source(options['table'])}; {options['runs']} runs each, searched on {options['dataset']} "
        f"valid accuracy: an evaluation is one run of {options['epochs']} epochs at random, budget "
        f"{options['budget']:,} s of simulated training. Shown: mean accuracy over seeds after 200 epochs of "
        "the cell with the best answer."
    )
