"""Pattern-constrained samples, and how published cells follow the pattern (Fig. 8, 9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.figures.style import Drawing, canvas
from nascope.spaces import darts
from nascope.spaces.patterns import GROUPS, follows_pattern, pattern_base_rate
from nascope.spaces.published import published_cells
from nascope.training.summary import join_study


def pattern_groups(genotypes: pd.DataFrame, trainings: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 9, really trained: test error of Random, Skip, Prim and PrimSkip samples."""
    data = group_errors(genotypes, trainings)
    groups = [group for group in GROUPS if group in set(data["group"])]
    figure, axis = canvas(1, 1, 6.2, 3.6)
    values = [data.loc[data["group"] == group, "test_error"].to_numpy() for group in groups]
    boxes = axis.boxplot(values, showfliers=False, patch_artist=True, medianprops={"color": "black"}, widths=0.5)
    for box in boxes["boxes"]:
        box.set(facecolor="#56B4E9", alpha=0.4, linewidth=0.6)
    for place, group in enumerate(groups, start=1):
        chosen = data[data["group"] == group].reset_index()
        spread = np.linspace(-0.12, 0.12, len(chosen)) if len(chosen) > 1 else np.zeros(1)
        axis.scatter(place + spread, chosen["test_error"], s=14, color="#0072B2", zorder=3, linewidths=0)
    widths = data.groupby("group")["width"].mean()
    axis.set_xticks(range(1, len(groups) + 1), [f"{group}\n(mean width {widths[group]:.2g}c)" for group in groups])
    axis.set_ylabel("test error (%)")
    note = (
        f"{len(data)} genotypes of the DARTS space, trained here on {options['dataset']} with protocol "
        f"{options['protocol']}, {genotypes['seeds'].map(len).max()} seed(s) each (a dot is a genotype's mean); "
        f"sampler: {options['wiring']} wiring (paper: NAS-Bench-301's prediction, 100 genotypes a group)."
    )
    return Drawing(figure, data, note)


def group_errors(genotypes: pd.DataFrame, trainings: pd.DataFrame) -> pd.DataFrame:
    """Mean last-epoch test error (%) over seeds of each genotype, a row each."""
    table = join_study(genotypes, trainings)
    errors = table.groupby(["group", "name", "width", "genotype"], sort=False)["last_test_accuracy"].mean()
    return (100 - errors).rename("test_error").reset_index()


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
    for published in published_cells().values():
        cell = published.genotype.normal
        if published.name.endswith("_ADAPT") or not darts.in_space(published.genotype):
            continue
        separable = sum(op.startswith("sep_conv") for op, _ in cell.edges)
        residual = sum(op == "skip_connect" and source < 2 for op, source in cell.edges)
        rows.append((published.name, published.year, separable, residual, follows_pattern(cell)))
    return pd.DataFrame(rows, columns=["name", "year", "separable", "residual", "follows"])
