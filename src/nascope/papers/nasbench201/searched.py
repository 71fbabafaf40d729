"""What the figures of sample-based searches share: how runs are drawn, and what their notes say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.drawing.style import colours_of
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.settings import Searches


def sorted_runs(axis: Axes, found: pd.DataFrame, score: str, best: float) -> None:
    """Final accuracy of each algorithm's runs, sorted, and that of the best cell.

    Args:
        axis: to draw on.
        found: one row per run, with the columns ``algorithm`` and ``score``.
        score: name of the column drawn.
        best: accuracy of the best cell in percent.
    """
    colours = colours_of(list(found["algorithm"].unique()))
    for name, runs in found.groupby("algorithm", sort=False):
        axis.plot(np.sort(runs[score]), label=name, color=colours[name])
    axis.axhline(best, color="#666666", linestyle="--", linewidth=0.8, label="best cell")
    axis.set_title(score_title(score))
    axis.set_xlabel("run, sorted")


def described(algorithms: Mapping[str, Mapping[str, Any]]) -> str:
    """Settings of the algorithms that have some, as in ``REA (population_size 10, sample_size 3)``."""
    parts = []
    for name, settings in algorithms.items():
        listed = ", ".join(f"{key} {value}" for key, value in settings.items())
        parts += [f"{name} ({listed})"] if listed else []
    return "; ".join(parts) or "defaults"


def search_source(table: str, settings: Searches) -> str:
    """How the published table was searched, and what is shown of it."""
    return (
        f"{published_source(table)}; {settings.runs} runs each, searched by {settings.dataset} validation accuracy: an "
        f"evaluation is one run of {settings.epochs} epochs at random, budget {settings.budget_seconds:,.0f} s of "
        "simulated training. Shown: mean accuracy over seeds after 200 epochs of the cell with the best answer."
    )
