"""How well scores of cells agree: across data sets, and in ever better subsets (NAS-Bench-201, Fig. 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from nascope.oracles.tabular import longest_schedule


def mean_scores(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over runs of the longest schedule: a row a cell, a column a data set and split that has values.

    As in the paper, CIFAR-10's test accuracy is that of networks trained on all 50,000 images where the table has it.
    """
    columns = {}
    for dataset, rows in longest_schedule(benchmark).groupby("dataset", sort=False):
        for split in ("valid", "test"):
            scores = rows.groupby("index")[f"{split}_accuracy"].mean()
            if scores.notna().all():
                columns[f"{dataset} {split}"] = scores
    if "cifar10 test" in columns:
        columns.pop("cifar10-valid test", None)
    return pd.DataFrame(columns)


def correlations(scores: pd.DataFrame, reference: str, thresholds: Sequence[float]) -> pd.DataFrame:
    """Pearson and Kendall correlation of every pair of scores.

    Args:
        scores: one row a cell, one column a score.
        reference: the score whose thresholds define subsets.
        thresholds: accuracies in percent; a subset holds the cells above one. All cells come first.

    Returns:
        A ``ranking`` table.
    """
    masks = {"all": np.ones(len(scores), dtype=bool)}
    masks |= {f"{reference} > {threshold:.2f}%": (scores[reference] > threshold).to_numpy() for threshold in thresholds}
    rows = []
    for subset, mask in masks.items():
        chosen = scores[mask]
        for first in scores.columns:
            for second in scores.columns:
                pearson = float(np.corrcoef(chosen[first], chosen[second])[0, 1]) if len(chosen) > 1 else np.nan
                kendall = float(kendalltau(chosen[first], chosen[second]).statistic) if len(chosen) > 1 else np.nan
                rows.append((subset, len(chosen), first, second, pearson, kendall))
    return pd.DataFrame(rows, columns=["subset", "cells", "first", "second", "pearson", "kendall"])


def ranks(scores: pd.DataFrame) -> pd.DataFrame:
    """Rank of each cell by each score, 0 the worst; ties by index."""
    return scores.apply(lambda column: np.argsort(np.argsort(column.to_numpy(), kind="stable")))
