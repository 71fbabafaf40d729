"""What figures of the loss around trained weights share: rows, colour scale and note."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.papers.understanding.figures.panels import Limits
from nascope.papers.understanding.surroundings import Surroundings, measured
from nascope.words import counted

#: Steps of contours.
LEVELS = 14
#: Of a network's plane, in words.
DIRECTIONS = "two filter-normalised random directions, each network with its own"


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
    cells, seeds = data["panel"].nunique(), data["seed"].nunique()
    return (
        f"{counted(cells, 'cell')} {around.trained}, {counted(seeds, 'seed')}. Loss {how_measured(around, directions)} "
        "(paper: CIFAR-10, 600 epochs)."
    )


def how_measured(around: Surroundings, directions: str) -> str:
    """On which images and along which directions the loss was measured."""
    return (
        f"on {around.images or 'all'} {around.split} images along {directions}; BatchNorm with {around.statistics}; "
        "one scale for all panels"
    )
