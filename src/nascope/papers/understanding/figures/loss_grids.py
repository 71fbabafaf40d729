"""What figures of the loss around trained weights share: rows, colour scale and note."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.papers.understanding.figures.panels import Limits
from nascope.papers.understanding.surroundings import Surroundings, measured

#: Steps of contours.
LEVELS = 14


def grid_of(genotypes: pd.DataFrame, landscape: pd.DataFrame, directions: str, around: Surroundings) -> pd.DataFrame:
    """A study's points along some directions, in the mode of BatchNorm and with the seed that are drawn."""
    chosen = (landscape["directions"] == directions) & (landscape["batch_norm"] == around.batch_norm)
    return measured(genotypes, landscape[chosen], around.seed)


def loss_limits(values: pd.Series) -> Limits:
    """Ends of one logarithmic scale for all finite losses."""
    finite = values[np.isfinite(values)]
    return Limits(max(finite.min(), 1e-3), max(finite.max(), 2e-3))


def describe(data: pd.DataFrame, around: Surroundings, directions: str) -> str:
    """The note of a figure."""
    return (
        f"Loss on {around.images or 'all'} {around.split} images of {around.trained.dataset} near weights trained here "
        f"with protocol {around.trained.protocol}, {data['seed'].nunique()} seed(s), along {directions}; BatchNorm "
        f"with {around.statistics}. One scale for all panels (paper: CIFAR-10, 600 epochs)."
    )
