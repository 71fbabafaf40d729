"""What the figures of one-shot searches share: names of BatchNorm modes, and what their notes say."""

from __future__ import annotations

import pandas as pd

from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.settings import OneShot

#: How BatchNorm evaluates, in words.
MODES = {"running": "running estimates", "batch": "batch statistics"}


def supernet_source(found: pd.DataFrame, benchmark: pd.DataFrame, settings: OneShot, table: str) -> str:
    """How supernets were trained here, and which table scores their cells.

    Args:
        found: a ``one_shot`` table.
        benchmark: the table that scores the cells.
        settings: of the searches.
        table: where the published table comes from, as in the configuration.
    """
    if settings.oracle == "published":
        oracle = f"{published_source(table)}; published: CIFAR-10, C=16, N=5, 250 epochs (DARTS 50), 3 runs"
    else:
        oracle = f"our own table ({benchmark['index'].nunique()} cells trained here on {benchmark['dataset'].iloc[0]})"
    return (
        f"Supernets of {settings.nodes}-node cells, C={settings.weights.channels}, N={settings.weights.cells}, trained "
        f"here on {settings.dataset}, {found['seed'].nunique()} seed(s), up to {found['epoch'].max()} epochs (settings "
        f"in results/config.yaml). Scored by {oracle}."
    )
