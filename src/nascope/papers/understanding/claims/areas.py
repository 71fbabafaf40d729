"""How fast cells converge, in one number per training and per cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.training.summary import join_study

_CELL = ["family", "group", "name", "width", "depth"]


def training_areas(genotypes: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Mean test loss over epochs (nats), one row per training of a study: ``area``, infinite where it diverged."""
    table = join_study(genotypes, curves)
    lost = (table["status"] == "diverged") | ~np.isfinite(table["test_loss"])
    losses = table["test_loss"].where(~lost, np.inf)
    areas = losses.groupby([table[name] for name in [*_CELL, "seed"]], sort=False).mean()
    return areas.rename("area").reset_index()


def cell_areas(genotypes: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """The same averaged over seeds, one row per cell; one with a training that diverged is slower than all others."""
    trainings = training_areas(genotypes, curves)
    return trainings.groupby(_CELL, sort=False)["area"].mean().reset_index()


def diverged(areas: pd.DataFrame, unit: str) -> str:
    """How many rows diverged, for a scope: empty where none did."""
    lost = int(np.isinf(areas["area"]).sum())
    return f", {lost} {unit} that diverged counted as the slowest" if lost else ""
