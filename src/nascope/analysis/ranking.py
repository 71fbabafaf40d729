"""How well scores of cells agree: across data sets, and in ever better subsets (NAS-Bench-201, Fig. 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from nascope.oracles.tabular import longest_schedule

#: Data sets of NAS-Bench-201 in the order of its tables and figures; others come after them.
_ORDER = ("cifar10-valid", "cifar10", "cifar100", "ImageNet16-120")


def mean_scores(benchmark: pd.DataFrame, splits: Sequence[str] = ("valid", "test")) -> pd.DataFrame:
    """Mean accuracy (%) over runs of the longest schedule.

    As in the paper, CIFAR-10's test accuracy is that of networks trained on all 50,000 images where the table has it.

    Args:
        benchmark: a ``benchmark`` table.
        splits: whose accuracies are taken.

    Returns:
        One row per cell, by index, and one column per data set and split of which all accuracies are known, such as
        ``cifar100 test``; NAS-Bench-201's data sets in the order of its tables.
    """
    columns = {}
    by_dataset = dict(list(longest_schedule(benchmark).groupby("dataset", sort=False)))
    names = [name for name in _ORDER if name in by_dataset]
    for dataset in dict.fromkeys([*names, *by_dataset]):
        for split in splits:
            scores = by_dataset[dataset].groupby("index")[f"{split}_accuracy"].mean()
            if scores.notna().all():
                columns[f"{dataset} {split}"] = scores
    if "cifar10 test" in columns:
        columns.pop("cifar10-valid test", None)
    return pd.DataFrame(columns)


def correlations(scores: pd.DataFrame, reference: str, thresholds: Sequence[float]) -> pd.DataFrame:
    """Pearson and Kendall correlation of every pair of scores.

    Args:
        scores: one row per cell, one column per score.
        reference: the score that subsets are defined by.
        thresholds: accuracies in percent; each subset holds the cells above one of them. All cells come first.

    Returns:
        One row per ``subset`` and pair of scores (``first`` and ``second``): ``cells``, ``pearson`` (as published) and
        ``kendall`` (tau-b).
    """
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

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
    """Rank of each cell by each score, 0 the worst; equal scores share their mean rank."""
    return scores.rank() - 1


def expected_among_best(first: np.ndarray, second: np.ndarray, best: np.ndarray) -> float:
    """Correlation that two scores would have among the best cells if selection did nothing but restrict their range.

    Thorndike's second formula for selection by the first of two normal variables; scores are given normal margins by
    their ranks, as in :func:`normal_scores`.

    Args:
        first: normal scores by which the best are selected, (cells,).
        second: normal scores that are correlated with them, (cells,).
        best: which cells are selected, (cells,) booleans.

    Returns:
        The correlation to compare with that of both normal scores among the selected cells.
    """
    everywhere = np.corrcoef(first, second)[0, 1]
    narrowed = everywhere * first[best].std() / first.std()
    return float(narrowed / np.sqrt(1 - everywhere**2 + narrowed**2))


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Quantiles of the normal distribution by rank, equal values by their mean rank; (cells,)."""
    places = pd.Series(values).rank().to_numpy()
    return np.asarray(ndtri(places / (len(places) + 1)))


def prediction_quality(predictions: pd.DataFrame) -> tuple[float, float]:
    """R² and Kendall's tau of a ``predictions`` table, which say how far a surrogate can be trusted."""
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

    observed, predicted = predictions["observed"], predictions["predicted"]
    unexplained = np.square(observed - predicted).sum() / np.square(observed - observed.mean()).sum()
    return float(1 - unexplained), float(kendalltau(observed, predicted).statistic)
