"""Published cells of the DARTS space: which operations matter, and how they follow the pattern (Fig. 8)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.published import published_standing
from nascope.drawing.graphs import draw_cell
from nascope.drawing.style import Drawing, canvas, short
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted, held_out
from nascope.papers.redundancy.look import stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, Predictions
from nascope.spaces.patterns import pattern_base_rate
from nascope.spaces.published import published_cell


@PAPER.figure(
    "Importance of every operation of published cells",
    tables=lambda plan: reads.PUBLISHED,
    options=reads.predicted,
)
def published_importance(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Drawing:
    """Importance of every operation of every published cell, and whether it reaches the threshold."""
    table = genotype_importance
    names = list(table["subset"].unique())
    figure, axis = canvas(1, 1, 11, 0.27 * len(names) + 1.2)
    _draw_matrix(axis, table, names, threshold)
    important = table.groupby("cell_type")["importance"].agg(lambda part: (part >= threshold).mean())
    axis.set_title(
        f"edges of normal (n) and reduction cells (r); important: {important['normal']:.0%} of the operations of "
        f"normal, {important['reduce']:.0%} of reduction cells"
    )
    figure.colorbar(axis.images[0], ax=axis, label="importance (points of error)", pad=0.01)
    columns = ["subset", "cell_type", "edge", "primitive", "source", "importance"]
    data = table[columns].rename(columns={"subset": "name"})
    note = (
        f"{_source(names, predictions, fitted)} Genotypes with other operations or nodes are left out. A number is the "
        f"state that an operation reads, 0 and 1 the inputs. {_important_note('bold', threshold)}"
    )
    return stamped(Drawing(figure, data, note), predictions, fitted)


def _draw_matrix(axis: Axes, table: pd.DataFrame, names: list[str], threshold: float) -> None:
    """Importances as colours, cells by name and edges, with operations and sources written in."""
    table = table.assign(column=table["edge"] + 8 * (table["cell_type"] == "reduce"))
    values = 100 * table.pivot(index="subset", columns="column", values="importance")
    matrix = values.loc[names].to_numpy()
    reach = float(np.quantile(np.abs(matrix), 0.98))
    axis.imshow(matrix, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto")
    axis.grid(visible=False)
    for row in table.itertuples():
        axis.text(
            row.column,
            names.index(row.subset),
            f"{short(row.primitive)} {row.source}",
            ha="center",
            va="center",
            fontsize=6,
            weight="bold" if row.importance >= threshold else "normal",
            color="white" if 100 * abs(row.importance) > 0.6 * reach else "black",
        )
    axis.axvline(7.5, color="black", linewidth=1)
    axis.set_xticks(range(16), [f"{kind} {edge}" for kind in ("n", "r") for edge in range(8)], fontsize=7)
    axis.set_yticks(range(len(names)), names, fontsize=7)


@PAPER.figure(
    "Published cells and their important parts",
    number="Fig. 8",
    tables=lambda plan: reads.PUBLISHED,
    options=lambda plan: {**reads.predicted(plan), "cells": plan.section.drawn},
)
def published_drawn(
    genotype_importance: GenotypeImportance,
    predictions: Predictions,
    *,
    fitted: Fitted,
    threshold: float,
    cells: tuple[str, ...],
) -> Drawing:
    """Normal cells of published methods, their unimportant operations in grey."""
    normal = genotype_importance[genotype_importance["cell_type"] == "normal"]
    names = [name for name in cells if name in set(normal["subset"])]
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure, axes = canvas(rows, columns, 3 * columns, 2.2 * rows, squeeze=False)
    for axis in axes.flat[len(names) :]:
        axis.set_axis_off()
    for axis, name in zip(axes.flat[: len(names)], names, strict=True):
        importance = normal[normal["subset"] == name].sort_values("edge")["importance"]
        weak = np.flatnonzero(importance.to_numpy() < threshold).tolist()
        draw_cell(axis, published_cell(name).genotype.normal, faint=weak)
        axis.set_title(f"{name}: {len(importance) - len(weak)} of {len(importance)} matter", fontsize=8)
    data = normal[normal["subset"].isin(names)][["subset", "edge", "primitive", "source", "importance"]]
    note = f"{_source(names, predictions, fitted)} {_important_note('coloured', threshold)}"
    return stamped(Drawing(figure, data.rename(columns={"subset": "name"}), note), predictions, fitted)


def _source(names: list[str], predictions: pd.DataFrame, fitted: Fitted) -> str:
    return f"{len(names)} published genotypes of the DARTS space, by a {fitted} with {held_out(predictions)}."


def _important_note(look: str, threshold: float) -> str:
    return f"Important ({look}): at least {100 * threshold:g} percentage points (paper: NAS-Bench-301)."


@PAPER.figure("Published cells and the pattern of skips and separable convolutions, in numbers", number="Fig. 8")
def published_pattern() -> Drawing:
    """Which published cells have a residual link and mostly separable convolutions."""
    data = published_standing()
    ordered = data.sort_values(["follows", "separable", "residual"], ascending=False, ignore_index=True)
    figure, axis = canvas(1, 1, 8.5, 0.19 * len(ordered) + 0.9)
    places = np.arange(len(ordered))
    axis.barh(places, ordered["separable"], color=np.where(ordered["follows"], "#0072B2", "#BBBBBB"))
    for place, row in enumerate(ordered.itertuples()):
        text = f"{row.residual} residual link{'s' if row.residual != 1 else ''}" if row.residual else "no residual link"
        axis.text(row.separable + 0.1, place, text, va="center", fontsize=6.5)
    axis.axvline(4, color="#555555", linestyle="--", linewidth=0.8)
    axis.set_yticks(places, ordered["name"], fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("separable convolutions among the 8 operations of the normal cell")
    axis.set_title(
        f"{ordered['follows'].sum()} of {len(ordered)} published cells follow the pattern "
        f"({ordered['follows'].mean():.0%}); random cells: {pattern_base_rate():.1%}"
    )
    note = (
        "Normal cells of the DARTS space as published. Pattern: a skip connection from a cell input, and at least half "
        "of the operations separable convolutions; the share of random cells is exact (operations and pairs of sources "
        "uniform). No training."
    )
    return Drawing(figure, ordered, note)
