"""What the figures of one-shot searches share: names of BatchNorm modes, and what their notes say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.ranking import mean_scores
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.reference import ONE_SHOT_RUNS, TABLE_5AB
from nascope.papers.nasbench201.settings import OneShot

#: How BatchNorm evaluates, in words.
MODES = {"running": "running estimates", "batch": "batch statistics"}


def share_of_worse(scores: pd.Series, accuracy: float) -> float:
    """Share of a table's cells whose accuracy is lower; equal ones count half."""
    return float((scores < accuracy).mean() + (scores == accuracy).mean() / 2)


def published_places(published: pd.DataFrame) -> pd.DataFrame:
    """Table 5's blocks A and B, and where their means stand among all cells.

    Args:
        published: NAS-Bench-201's ``benchmark`` table.

    Returns:
        One row per ``batch_norm``, ``algorithm`` and ``score`` of the table: ``published_mean`` and ``published_std``
        (%), and ``published_percentile``, the share of cells that are worse than the mean.
    """
    scores = mean_scores(published)
    rows = [
        (mode, name, score, mean, std, share_of_worse(scores[score], mean))
        for mode, block in TABLE_5AB.items()
        for name, values in block.items()
        for score, (mean, std) in values.items()
        if score in scores
    ]
    columns = ["batch_norm", "algorithm", "score", "published_mean", "published_std", "published_percentile"]
    return pd.DataFrame(rows, columns=columns)


def main_score(scores: pd.Series | pd.Index) -> str:
    """The score that one panel can show: the first on test images, or the first."""
    names = [str(name) for name in dict.fromkeys(scores)]
    return next((name for name in names if name.endswith("test")), names[0])


def draw_published(axis: Axes, x: np.ndarray, y: np.ndarray, deviations: np.ndarray | None = None) -> None:
    """Squares for published values, with their standard deviations where there are some."""
    label = f"published{' ± std' * (deviations is not None)}, {ONE_SHOT_RUNS} runs"
    axis.errorbar(x, y, xerr=deviations, fmt="s", color="#D55E00", markersize=4, label=label, zorder=3)


def supernet_source(found: pd.DataFrame, benchmark: pd.DataFrame, settings: OneShot, table: str) -> str:
    """How supernets were trained here, and which table scores their cells.

    Args:
        found: a ``one_shot`` table.
        benchmark: the table that scores the cells.
        settings: of the searches.
        table: where the published table comes from, as in the configuration.
    """
    if settings.oracle == "published":
        oracle = published_source(table)
    else:
        oracle = f"our own table ({benchmark['index'].nunique()} cells trained here on {benchmark['dataset'].iloc[0]})"
    return (
        f"Supernets of {settings.nodes}-node cells, C={settings.weights.channels}, N={settings.weights.cells}, trained "
        f"here on {settings.dataset}, {found['seed'].nunique()} seed(s), up to {found['epoch'].max()} epochs (settings "
        f"in results/config.yaml). Scored by {oracle}. Published (Table 5): CIFAR-10, C=16, N=5, 250 epochs "
        f"(DARTS 50), {ONE_SHOT_RUNS} runs; its places are those of the mean accuracies among 15,625 cells."
    )
