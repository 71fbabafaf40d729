"""Figures of ranks over epochs: Fig. 5 and Table 6."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis import ranking
from nascope.figures.matrices import heat_map
from nascope.figures.nasbench201.tables import score_label
from nascope.figures.style import Drawing, canvas


def ranks_over_epochs(histories: pd.DataFrame, benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 5: rank by validation accuracy after some epochs against rank by final accuracy."""
    early = ranking.early_accuracies(histories, options["dataset"])
    final = _final(benchmark, early)
    epochs = ranking.sampled_epochs(int(early.columns.max()))
    order = np.argsort(np.argsort(final.to_numpy(), kind="stable"))
    figure, axes = canvas(1, len(epochs), 2.3 * len(epochs), 2.9, sharey=True)
    data = pd.DataFrame({"index": early.index, "final_rank": order})
    size = 2 if len(early) > 1000 else 8
    for axis, epoch in zip(axes, epochs, strict=True):
        data[f"rank_{epoch}"] = np.argsort(np.argsort(early[epoch].to_numpy(), kind="stable"))
        axis.scatter(order, data[f"rank_{epoch}"], s=size, alpha=0.5, linewidths=0, color="#0072B2", rasterized=True)
        axis.plot([0, len(data)], [0, len(data)], color="#D55E00", linewidth=0.8)
        tau = pd.Series(early[epoch].to_numpy()).corr(pd.Series(final.to_numpy()), method="kendall")
        axis.set_title(f"epoch {epoch}, Kendall {tau:.2f}")
        axis.set_xlabel(f"rank by final\n{score_label(str(final.name))}".replace("\n", " ", 1))
    axes[0].set_ylabel("rank by validation accuracy then")
    return Drawing(figure, data, _source(options, early))


def early_correlations(histories: pd.DataFrame, benchmark: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 6: correlation of validation accuracy after some epochs with final accuracies."""
    early = ranking.early_accuracies(histories, options["dataset"])
    scores = ranking.mean_scores(benchmark).loc[early.index]
    data = ranking.early_correlations(histories, options["dataset"], scores, draws=options["draws"], seed=0)
    data["after"] = [f"epoch {row.epoch} of {row.schedule}" for row in data.itertuples()]
    epochs = list(data["after"].unique())
    matrices = {
        kind: data.pivot(index="after", columns="score", values=kind).loc[epochs, scores.columns].to_numpy()
        for kind in ("pearson", "kendall")
    }
    figure, axis = canvas(1, 1, 2.2 + 0.9 * len(scores.columns), 1.2 + 0.5 * len(epochs))
    heat_map(axis, matrices["pearson"], [score_label(name) for name in scores.columns], matrices["kendall"])
    axis.set_yticks(range(len(epochs)), epochs)
    axis.set_aspect("auto")
    note = (
        f"{_source(options, early)} Pearson's r (as published), Kendall's tau-b in brackets: means over "
        f"{options['draws']} draws of one run a cell, against the mean over runs after the last epoch; standard "
        "deviations are in the data."
    )
    return Drawing(figure, data, note)


def _final(benchmark: pd.DataFrame, early: pd.DataFrame) -> pd.Series:
    """The final score to compare with: CIFAR-10 or own test accuracy, or validation where there is no other."""
    scores = ranking.mean_scores(benchmark)
    tests = [name for name in scores if name.endswith("test")]
    return scores.loc[early.index, tests[0] if tests else scores.columns[0]]


def _source(options: dict[str, Any], early: pd.DataFrame) -> str:
    if options["histories"] == "own":
        return (
            f"Curves of {len(early)} cells trained here on {options['dataset']} with protocol {options['protocol']} "
            f"({early.columns.max()} epochs)."
        )
    name = options["table"] if options["histories"] == "published" else options["histories"]
    seeds = "every seed" if options["histories"] == "published" else "means over seeds"
    return f"NAS-Bench-201's curves ({Path(name).name}, {seeds}) of {len(early):,} cells, {early.columns.max()} epochs."
