"""Searches in spaces of two-input cells: collapse, architecture parameters, confusion, and what they find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import alpha_against_accuracy, mean_strengths, with_skips
from nascope.analysis.confusion_depth import matched_depth
from nascope.figures.matrices import text_table
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas
from nascope.training.summary import join_study

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#555555")


def skip_counts(cell_searches: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Skip connections in the normal cell that each search would return, by epoch."""
    table = with_skips(cell_searches)
    # The second stage goes on where the first one ended.
    length = table.groupby(["space", "algorithm", "stage"])["epoch"].transform("max")
    table = table.assign(time=(table["stage"] - 1) + table["epoch"] / length.clip(lower=1))
    data = table.groupby(["space", "algorithm", "time"], sort=False)["skips"].agg(["mean", "min", "max"]).reset_index()
    spaces, algorithms = list(data["space"].unique()), list(data["algorithm"].unique())
    figure, axes = canvas(1, len(spaces), 3.2 * len(spaces), 3.2, sharey=True, squeeze=False)
    for axis, space in zip(axes[0], spaces, strict=True):
        for algorithm, colour in zip(algorithms, _COLOURS, strict=False):
            part = data[(data["space"] == space) & (data["algorithm"] == algorithm)]
            axis.plot(part["time"], part["mean"], "o-", color=colour, markersize=3, linewidth=1.2, label=algorithm)
            axis.fill_between(part["time"], part["min"], part["max"], color=colour, alpha=0.12, linewidth=0)
        axis.set_title(space)
        axis.set_xlabel("stage (1: end of the first)")
    axes[0, 0].set_ylabel("skip connections in the\nnormal cell (of 8)")
    axes[0, -1].legend(fontsize=6.5)
    note = f"{_note(cell_searches, options)} Lines: means over seeds, bands from least to most."
    return Drawing(figure, data, note)


def strengths(search_alphas: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Softmax of the architecture parameters along the search, a mean over the edges of normal cells."""
    table = mean_strengths(search_alphas[search_alphas["cell_type"] == "normal"])
    data = (
        table.groupby(["space", "algorithm", "stage", "epoch", "operator"], sort=False)["strength"].mean().reset_index()
    )
    spaces, algorithms = list(data["space"].unique()), list(data["algorithm"].unique())
    figure, axes = canvas(
        len(spaces), len(algorithms), 2.6 * len(algorithms), 2.3 * len(spaces), sharex="col", squeeze=False
    )
    for row, space in zip(axes, spaces, strict=True):
        for axis, algorithm in zip(row, algorithms, strict=True):
            part = data[(data["space"] == space) & (data["algorithm"] == algorithm)]
            length = part.groupby("stage")["epoch"].max()
            for (stage, operator), line in part.groupby(["stage", "operator"], sort=False):
                offset = length.loc[: stage - 1].sum() if stage > 1 else 0
                colour = PRIMITIVE_COLOURS[operator]
                axis.plot(line["epoch"] + offset, line["strength"], color=colour, linewidth=1.3, label=SHORT[operator])
            axis.set_title(f"{algorithm}, {space}", fontsize=8)
    for axis in axes[-1]:
        axis.set_xlabel("epoch (stages one after the other)", fontsize=7)
    axes[0, 0].set_ylabel("mean softmax weight")
    handles = {}
    for axis in axes.flat:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", fontsize=7)
    return Drawing(figure, data, f"{_note(search_alphas, options)} Means over seeds and edges that have the operator.")


def found_cells(
    genotypes: list[pd.DataFrame],
    trainings: list[pd.DataFrame],
    parameters: list[pd.DataFrame],
    options: dict[str, Any],
) -> Drawing:
    """Tables 1-3 in form: test error of the cells found, over independent runs of search and training."""
    tables = []
    for study, results, sizes, dataset, protocol in zip(
        genotypes, trainings, parameters, options["datasets"], options["protocols"], strict=True
    ):
        table = join_study(study, results).merge(sizes[["family", "name", "parameters"]], on=["family", "name"])
        table = table.assign(error=100 - table["last_test_accuracy"], best=100 - table["best_test_accuracy"])
        tables.append(_means(table).assign(dataset=dataset, protocol=protocol))
    data = pd.concat(tables, ignore_index=True)
    shown = pd.DataFrame(
        {
            "data set, protocol": data["dataset"] + ", " + data["protocol"],
            "space": data["space"],
            "algorithm": data["algorithm"],
            "runs": data["runs"].astype(str),
            "test error (%)": [f"{row.error:.2f} ± {row.deviation:.2f}" for row in data.itertuples()],
            "best epoch (%)": data["best"].map("{:.2f}".format),
            "parameters (k)": (data["parameters"] / 1000).map("{:.1f}".format),
        }
    )
    figure, axis = canvas(1, 1, 10, 0.6 + 0.27 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.24, 0.1, 0.14, 0.07, 0.17, 0.14, 0.14])
    note = (
        "Each search's last cell, trained here with the seed of its search: mean ± standard deviation over independent "
        "runs of the last epoch's error, none left out; best epoch: the smallest error of all epochs, as the authors "
        "report. DARTS-ES: the last cell of the same DARTS-V1 search with at most two skips (paper: CIFAR-10, "
        "CIFAR-100 and ImageNet, eight runs)."
    )
    return Drawing(figure, data, note)


def _means(table: pd.DataFrame) -> pd.DataFrame:
    """A row a space and algorithm, by error."""
    parts = {
        "error": ("error", "mean"),
        "deviation": ("error", "std"),
        "best": ("best", "mean"),
        "runs": ("error", "size"),
        "parameters": ("parameters", "mean"),
    }
    means = table.groupby(["family", "group"], sort=False).agg(**parts).reset_index()
    named = means.rename(columns={"family": "space", "group": "algorithm"})
    return named.sort_values(["space", "error"], ignore_index=True)


def depths(confusion: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Which depth of each stage matches the final network, as a table."""
    data = matched_depth(confusion)
    final = confusion.loc[confusion["network"] == "final", "mean_cosine"].mean()
    shown = pd.DataFrame(
        {
            "network": data["network"],
            "cells": data["cells"].astype(str),
            "mean cosine": data["mean_cosine"].map("{:.4f}".format),
            "from the final network's": data["distance"].map("{:.4f}".format),
            "chosen": np.where(data["chosen"], "yes", ""),
        }
    )
    figure, axis = canvas(1, 1, 6.5, 0.6 + 0.27 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.2, 0.12, 0.22, 0.32, 0.14])
    note = (
        f"Mean cosine of the gradients of {confusion['batches'].iloc[0]} mini-batches, means over "
        f"{confusion['seed'].nunique()} seed(s); the final network ({options['protocol']} on {options['dataset']}) has "
        f"{final:.4f}. Chosen: the nearest depth of each stage."
    )
    return Drawing(figure, data, note)


def confusion(confusion: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Confusion of search networks by depth, beside the final network's."""
    figure, axes = canvas(1, 2, 8.5, 3.2)
    final = confusion[confusion["network"] == "final"]
    panels = {"mean_cosine": "mean cosine of two gradients", "lowest_cosine": "smallest cosine"}
    for axis, (column, label) in zip(axes, panels.items(), strict=True):
        for stage, colour in {"stage 1": "#0072B2", "stage 2": "#E69F00"}.items():
            part = confusion[confusion["network"] == stage].groupby("cells")[column].agg(["mean", "min", "max"])
            spread = [part["mean"] - part["min"], part["max"] - part["mean"]]
            axis.errorbar(part.index, part["mean"], yerr=spread, fmt="o-", color=colour, capsize=2, label=stage)
        axis.axhline(
            final[column].mean(), color="#D55E00", linestyle="--", label=f"final, {final['cells'].iloc[0]} cells"
        )
        axis.set_xlabel("cells of the search network")
        axis.set_xticks(sorted(set(confusion["cells"])))
        axis.set_ylabel(label)
    axes[0].legend(fontsize=7)
    depths = matched_depth(confusion)
    chosen = "; ".join(f"{row.network}: {row.cells} cells" for row in depths[depths["chosen"]].itertuples())
    axes[0].set_title(f"nearest to the final network: {chosen}", fontsize=8)
    row = confusion.iloc[0]
    note = (
        f"{row['batches']} mini-batches of {row['batch_size']} training images, all pairs, at the end of training on "
        f"{options['dataset']}; space {options['space']}, one-level search with {options['weights']['epochs']} "
        f"epoch(s); final network as long, protocol {options['protocol']}; {confusion['seed'].nunique()} seed(s) "
        "(paper: 14 and 20 cells match 20)."
    )
    return Drawing(figure, confusion, note)


def alpha_accuracy(
    search_alphas: pd.DataFrame, genotypes: pd.DataFrame, trainings: pd.DataFrame, options: dict[str, Any]
) -> Drawing:
    """Architecture parameters of one edge against the accuracy of networks with each operator there."""
    where = {key: options[key] for key in ("space", "cell_type", "edge")}
    data = alpha_against_accuracy(search_alphas, genotypes, trainings, **where)
    names = [name for name in ("StacNAS", "DARTS-V1") if name in set(data["algorithm"])]
    figure, axes = canvas(1, len(names), 3.6 * len(names), 3.3, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        part = data[data["algorithm"] == name]
        axis.scatter(part["accuracy"], part["strength"], c=part["operator"].map(PRIMITIVE_COLOURS), s=26)
        for row in part.itertuples():
            axis.annotate(SHORT[row.operator], (row.accuracy, row.strength), fontsize=7)
        rho = np.corrcoef(part["accuracy"], part["strength"])[0, 1] if len(part) > 2 else np.nan
        axis.set_title(f"{name}: Pearson {rho:.2f} over {len(part)} operators")
        axis.set_xlabel("stand-alone test accuracy (%)")
    axes[0, 0].set_ylabel("softmax of the architecture\nparameter")
    note = (
        f"{options['cell_type']} edge {options['edge']} of {options['cell']}; each operator there trained in a network "
        f"of its own on {options['dataset']} with protocol {options['protocol']}, {genotypes['seeds'].map(len).max()} "
        f"seed(s); searches of space {options['space']}, {search_alphas['seed'].nunique()} seed(s), StacNAS by its "
        "first stage (paper: 0.91 for StacNAS, 0.20 for DARTS on CIFAR-10)."
    )
    return Drawing(figure, data, note)


def _note(table: pd.DataFrame, options: dict[str, Any]) -> str:
    weights = options["weights"]
    return (
        f"Supernets of {weights['cells']} cells, {weights['channels']} channels searched here on {options['dataset']}, "
        f"{weights['epochs']} epochs a stage, {table['seed'].nunique()} seed(s)."
    )
