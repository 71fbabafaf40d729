"""Published cells of the DARTS space: which operations matter, and how they follow the pattern (Fig. 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.ranking import prediction_quality
from nascope.figures.graphs import draw_cell
from nascope.figures.redundancy.surrogate import source_of
from nascope.figures.style import SHORT, Drawing, canvas
from nascope.spaces.patterns import follows_pattern, pattern_base_rate
from nascope.spaces.published import published_cell, published_darts_cells


def published_importance(
    genotype_importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]
) -> Drawing:
    """Importance of every operation of every published cell, and whether it passes the threshold."""
    table = genotype_importance.assign(column=lambda rows: rows["edge"] + 8 * (rows["cell_type"] == "reduce"))
    values = 100 * table.pivot(index="subset", columns="column", values="importance")
    names = list(table["subset"].unique())
    matrix = values.loc[names].to_numpy()
    figure, axis = canvas(1, 1, 11, 0.27 * len(names) + 1.2)
    reach = float(np.quantile(np.abs(matrix), 0.98))
    image = axis.imshow(matrix, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto")
    axis.grid(visible=False)
    for row in table.itertuples():
        text = f"{SHORT[row.primitive]} {row.source}"
        look = {"weight": "bold" if row.importance >= options["threshold"] else "normal"}
        look["color"] = "white" if 100 * abs(row.importance) > 0.6 * reach else "black"
        axis.text(row.column, names.index(row.subset), text, ha="center", va="center", fontsize=6, **look)
    axis.axvline(7.5, color="black", linewidth=1)
    axis.set_xticks(range(16), [f"{kind} {edge}" for kind in ("n", "r") for edge in range(8)], fontsize=7)
    axis.set_yticks(range(len(names)), names, fontsize=7)
    important = table.groupby("cell_type")["importance"].agg(lambda part: (part >= options["threshold"]).mean())
    axis.set_title(
        f"edges of normal (n) and reduction cells (r); important: {important['normal']:.0%} of the operations of "
        f"normal, {important['reduce']:.0%} of reduction cells"
    )
    figure.colorbar(image, ax=axis, label="importance (points of error)", pad=0.01)
    data = table[["subset", "cell_type", "edge", "primitive", "source", "importance"]].rename(
        columns={"subset": "name"}
    )
    return Drawing(figure, data, _note(names, predictions, options))


def published_drawn(genotype_importance: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 8: normal cells of published methods, their unimportant operations in grey."""
    normal = genotype_importance[genotype_importance["cell_type"] == "normal"]
    names = [name for name in options["cells"] if name in set(normal["subset"])]
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure, axes = canvas(rows, columns, 3 * columns, 2.2 * rows, squeeze=False)
    for axis in axes.flat[len(names) :]:
        axis.set_axis_off()
    for axis, name in zip(axes.flat, names, strict=False):
        importance = normal[normal["subset"] == name].sort_values("edge")["importance"]
        weak = set(np.flatnonzero(importance.to_numpy() < options["threshold"]))
        draw_cell(axis, published_cell(name).genotype.normal, faint=weak)
        axis.set_title(f"{name}: {len(importance) - len(weak)} of {len(importance)} matter", fontsize=8)
    data = normal[normal["subset"].isin(names)][["subset", "edge", "primitive", "source", "importance"]]
    return Drawing(figure, data.rename(columns={"subset": "name"}), _note(names, predictions, options))


def _note(names: list[str], predictions: pd.DataFrame, options: dict[str, Any]) -> str:
    r2, tau = prediction_quality(predictions)
    return (
        f"{len(names)} published genotypes of the DARTS space, the others have other operations or nodes; by the "
        f"{source_of(options)} with R² {r2:.2f} and Kendall's tau {tau:.2f} on held-out architectures. A number is the "
        "state that an operation reads, 0 and 1 the inputs. Important (bold, coloured): at least "
        f"{100 * options['threshold']:g} percentage points (paper: NAS-Bench-301)."
    )


def published_pattern(options: dict[str, Any]) -> Drawing:
    """Fig. 8 in numbers: which published cells have a residual link and mostly separable convolutions."""
    data = published_standing()
    ordered = data.sort_values(["follows", "separable", "residual"], ascending=False, ignore_index=True)
    figure, axis = canvas(1, 1, 8.5, 0.19 * len(ordered) + 0.9)
    places = np.arange(len(ordered))
    colours = np.where(ordered["follows"], "#0072B2", "#BBBBBB")
    axis.barh(places, ordered["separable"], color=colours)
    for place, row in enumerate(ordered.itertuples()):
        text = f"{row.residual} residual link{'s' if row.residual != 1 else ''}" if row.residual else "no residual link"
        axis.text(row.separable + 0.1, place, text, va="center", fontsize=6.5)
    axis.axvline(4, color="#555555", linestyle="--", linewidth=0.8)
    axis.set_yticks(places, ordered["name"], fontsize=7)
    axis.invert_yaxis()
    axis.set_xlabel("separable convolutions among the 8 operations of the normal cell")
    share = ordered["follows"].mean()
    axis.set_title(
        f"{ordered['follows'].sum()} of {len(ordered)} published cells follow the pattern ({share:.0%}); "
        f"random cells: {pattern_base_rate():.1%}"
    )
    note = (
        "Normal cells of the DARTS space as published. Pattern: a skip connection from a cell input, and at least half "
        "of the operations separable convolutions; the share of random cells is exact (operations and pairs of sources "
        "uniform). No training."
    )
    return Drawing(figure, ordered, note)


def published_standing() -> pd.DataFrame:
    """Published normal cells of the DARTS space: name, separable convolutions, residual links, and the pattern."""
    rows = []
    for published in published_darts_cells():
        cell = published.genotype.normal
        separable = sum(op.startswith("sep_conv") for op, _ in cell.edges)
        residual = sum(op == "skip_connect" and source < 2 for op, source in cell.edges)
        rows.append((published.name, published.year, separable, residual, follows_pattern(cell)))
    return pd.DataFrame(rows, columns=["name", "year", "separable", "residual", "follows"])
