"""Test accuracy at the end of training, of published cells and of their variants (Fig. 9)."""

from __future__ import annotations

import pandas as pd

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained, all_trained
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.training.summary import join_study
from nascope.words import counted, over_seeds


@PAPER.figure(
    "Test accuracy of published cells and of connection variants after training",
    number="Fig. 9",
    tables=lambda plan: plan.tables([plan.section.convergence, plan.section.families], "genotypes", "trainings"),
    options=lambda plan: {"trained": plan.trained([plan.section.convergence, plan.section.families])},
)
def final_accuracy(genotypes: list[Genotypes], trainings: list[Trainings], *, trained: list[Trained]) -> Drawing:
    """Test accuracy after training of published cells (index 0) and of connection variants by width."""
    table = pd.concat([join_study(*pair) for pair in zip(genotypes, trainings, strict=True)], ignore_index=True)
    keys = ["family", "group", "name", "width", "depth"]
    scores = table.groupby(keys, sort=False)["last_test_accuracy"].agg(["mean", "min", "max"]).reset_index()
    data = scores.assign(index=scores.groupby("family").cumcount())
    names = data["family"].unique()
    figure, axes = canvas(1, len(names), 2.3 * len(names), 2.9, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        cells = data[data["family"] == family]
        spread = [cells["mean"] - cells["min"], cells["max"] - cells["mean"]]
        axis.errorbar(cells["index"], cells["mean"], yerr=spread, fmt="o", color="#0072B2", markersize=4, linewidth=0.8)
        axis.axhline(cells["mean"].iloc[0], color="#D55E00", linestyle="--", linewidth=1)
        axis.set_title(family)
        axis.set_xlabel("0: published, then by width")
        axis.set_xticks(cells["index"])
        axis.tick_params(axis="x", labelsize=6)
    axes[0, 0].set_ylabel("test accuracy (%)")
    seeds = over_seeds((len(row) for part in genotypes for row in part["seeds"]), "bars")
    note = (
        f"After the last epoch; {counted(len(data), 'cell')} {all_trained(trained)}: {seeds}. "
        "Dashed: the published cell (paper: CIFAR-10, 600 epochs)."
    )
    return Drawing(figure, data, note)
