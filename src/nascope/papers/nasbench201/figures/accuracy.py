"""All cells of the published table: Fig. 2."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.oracles.tabular import longest_schedule
from nascope.papers.nasbench201.labels import RESNET, dataset_label
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark

_QUANTITIES = {
    "parameters_m": "parameters (million)",
    "train_hours": "training time (hours, one GPU)",
    "index": "index",
}


@PAPER.figure(
    "Accuracy against parameters, training time and index on three data sets",
    number="Fig. 2",
    tables=lambda plan: {"benchmark": NASBENCH201},
    options=table_name,
)
def accuracy(benchmark: Benchmark, *, table: str) -> Drawing:
    """Accuracy of every cell against parameters, training time and index, ResNet as a star."""
    data = _accuracies(benchmark)
    splits = set(data["split"])
    rows = [("parameters_m", split) for split in ("train", "valid", "test") if split in splits]
    rows += [("train_hours", "valid"), ("index", "test" if "test" in splits else "valid")]
    columns = list(data["name"].unique())
    figure, axes = canvas(len(rows), len(columns), 9, 2.2 * len(rows), sharey="col", squeeze=False)
    for line, (quantity, split) in zip(axes, rows, strict=True):
        for axis, name in zip(line, columns, strict=True):
            chosen = data[(data["name"] == name) & (data["split"] == split)].dropna(subset=[quantity])
            _draw(axis, chosen, quantity)
        line[0].set_ylabel(f"{split} accuracy (%)")
    for axis, name in zip(axes[0], columns, strict=True):
        axis.set_title(name)
    axes[0, 0].legend(loc="lower right")
    trained = sorted(data.loc[data["split"] == "train", "name"].unique())
    note = f" Train accuracies: {' and '.join(trained)} only, as far as the table has them." if trained else ""
    return Drawing(figure, data, f"{published_source(table)}.{note}")


def _draw(axis: Axes, cells: pd.DataFrame, quantity: str) -> None:
    if cells.empty:  # not in the table
        axis.set_axis_off()
        return
    star = cells[cells["genotype"] == RESNET]
    axis.scatter(cells[quantity], cells["accuracy"], color="#0072B2", s=2, alpha=0.25, linewidths=0, rasterized=True)
    axis.scatter(star[quantity], star["accuracy"], marker="*", s=110, color="#E69F00", edgecolors="k", label="ResNet")
    axis.set_xlabel(_QUANTITIES[quantity])


def _accuracies(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy of every cell on every split that has one, with size and training time."""
    by_cell = longest_schedule(benchmark).groupby(["dataset", "index"])
    facts = by_cell.agg(genotype=("genotype", "first"), parameters_m=("parameters", "first"))
    facts["parameters_m"] /= 1e6
    facts["train_hours"] = by_cell["train_seconds"].mean() / 3600
    scores = mean_scores(benchmark, ("train", "valid", "test"))
    parts = []
    for score in scores:
        dataset, _, split = score.rpartition(" ")
        part = facts.loc[dataset].assign(dataset=dataset, split=split, accuracy=scores[score])
        parts.append(part.assign(name=dataset_label(dataset)).reset_index())
    return pd.concat(parts, ignore_index=True)
