"""How well scores of cells agree: across data sets, and in ever better subsets (NAS-Bench-201, Fig. 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nascope.oracles.histories import validation_rows
from nascope.oracles.tabular import longest_schedule

#: The epochs of NAS-Bench-201's Table 6, as shares of a schedule of 200 (and 6 and 12 of 12).
EPOCH_SHARES = (0.06, 0.12, 0.5, 0.75, 0.875, 1.0)


def mean_scores(benchmark: pd.DataFrame, splits: Sequence[str] = ("valid", "test")) -> pd.DataFrame:
    """Mean accuracy (%) over runs of the longest schedule.

    As in the paper, CIFAR-10's test accuracy is that of networks trained on all 50,000 images where the table has it.

    Args:
        benchmark: a ``benchmark`` table.
        splits: whose accuracies are taken.

    Returns:
        One row per cell, by index, and one column per data set and split of which all accuracies are known, such as
        ``cifar100 test``.
    """
    columns = {}
    for dataset, rows in longest_schedule(benchmark).groupby("dataset", sort=False):
        for split in splits:
            scores = rows.groupby("index")[f"{split}_accuracy"].mean()
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
    """Rank of each cell by each score, 0 the worst; ties by index."""
    return scores.apply(lambda column: np.argsort(np.argsort(column.to_numpy(), kind="stable")))


def sampled_epochs(schedule: int) -> list[int]:
    """The epochs that Table 6 looks at, for a schedule of any length."""
    return sorted({max(1, round(share * schedule)) for share in EPOCH_SHARES})


def early_accuracies(histories: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Mean validation accuracy (%) over runs of the longest schedule: one row per cell, one column per epoch."""
    rows = longest_schedule(validation_rows(histories, dataset))
    return rows.groupby(["index", "epoch"])["accuracy"].mean().unstack()


def early_correlations(
    histories: pd.DataFrame, dataset: str, scores: pd.DataFrame, *, draws: int, seed: int
) -> pd.DataFrame:
    """Correlation of one run's validation accuracy after some epochs with final scores (Table 6).

    Args:
        histories: a ``histories`` table.
        dataset: of the validation accuracies.
        scores: final scores, one row per cell, one column per score.
        draws: how often a run is drawn for each cell.
        seed: of the draws.

    Returns:
        One row per schedule, epoch and score: mean and standard deviation (ddof 0, as published) over draws of
        Pearson's r and Kendall's tau-b.
    """
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

    rng, rows = np.random.default_rng(seed), []
    valid = validation_rows(histories, dataset)
    points = [(schedule, epoch) for schedule in sorted(valid["epochs"].unique()) for epoch in sampled_epochs(schedule)]
    for schedule, epoch in points:
        chosen = valid[(valid["epochs"] == schedule) & (valid["epoch"] == epoch)]
        runs = chosen.pivot(index="index", columns="seed", values="accuracy").loc[scores.index]
        values = np.sort(runs.to_numpy(), axis=1)  # NaN last
        counts = np.isfinite(values).sum(axis=1)
        drawn = [values[np.arange(len(values)), rng.integers(counts)] for _ in range(draws)]
        for score in scores:
            final = scores[score].to_numpy()
            pearson = [np.corrcoef(early, final)[0, 1] for early in drawn]
            kendall = [kendalltau(early, final).statistic for early in drawn]
            means = (np.mean(pearson), np.std(pearson), np.mean(kendall), np.std(kendall))
            rows.append((int(schedule), epoch, score, len(values), *means))
    columns = ["schedule", "epoch", "score", "cells", "pearson", "pearson_std", "kendall", "kendall_std"]
    return pd.DataFrame(rows, columns=columns)


def prediction_quality(predictions: pd.DataFrame) -> tuple[float, float]:
    """R² and Kendall's tau of a ``predictions`` table, which say how far a surrogate can be trusted."""
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

    observed, predicted = predictions["observed"], predictions["predicted"]
    unexplained = np.square(observed - predicted).sum() / np.square(observed - observed.mean()).sum()
    return float(1 - unexplained), float(kendalltau(observed, predicted).statistic)
