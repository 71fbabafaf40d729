"""How well accuracies after some epochs foretell final ones (NAS-Bench-201, Fig. 5 and Table 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.oracles.histories import validation_rows
from nascope.oracles.tabular import longest_schedule
from nascope.spaces.nasbench201 import NasBench201Cell

#: The epochs of NAS-Bench-201's Table 6, as shares of a schedule of 200 (and 6 and 12 of 12).
EPOCH_SHARES = (0.06, 0.12, 0.5, 0.75, 0.875, 1.0)
#: What early accuracies are compared with.
OTHER_RUNS, SAME_RUNS = "other runs", "the runs of the same means"
_RUNS = ["index", "seed", "epochs", "epoch", "accuracy"]


def sampled_epochs(schedule: int) -> list[int]:
    """The epochs that Table 6 looks at, for a schedule of any length."""
    return sorted({max(1, round(share * schedule)) for share in EPOCH_SHARES})


def early_accuracies(histories: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Mean validation accuracy (%) over runs of the longest schedule: one row per cell, one column per epoch."""
    rows = longest_schedule(validation_rows(histories, dataset))
    return rows.groupby(["index", "epoch"])["accuracy"].mean().unstack()


def representatives(benchmark: pd.DataFrame) -> np.ndarray:
    """Indices of one cell for each function that depends on the image.

    Cells of one function share their trainings in our own tables, and the one that ignores the image, which is not
    trained there, would decide Pearson's r alone.
    """
    functions = benchmark.drop_duplicates("key")
    alive = [NasBench201Cell.parse(text).is_live() for text in functions["genotype"]]
    return np.asarray(functions.loc[alive, "index"])


def early_runs(histories: pd.DataFrame, benchmark: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Validation accuracies (%) at Table 6's epochs.

    Args:
        histories: a ``histories`` table.
        benchmark: a ``benchmark`` table; the end of a shorter schedule is taken from it where there are no curves.
        dataset: of the accuracies.

    Returns:
        One row per ``index``, ``seed``, schedule (``epochs``) and ``epoch``: ``accuracy``.
    """
    curves = validation_rows(histories, dataset)
    points = [(schedule, epoch) for schedule in curves["epochs"].unique() for epoch in sampled_epochs(schedule)]
    asked = pd.DataFrame(points, columns=["epochs", "epoch"])
    ends = benchmark[benchmark["dataset"] == dataset].dropna(subset=["valid_accuracy"])
    ends = ends[(ends["epochs"] < ends["epochs"].max()) & ~ends["epochs"].isin(curves["epochs"])]
    ends = ends.assign(epoch=ends["epochs"], accuracy=ends["valid_accuracy"])
    return pd.concat([ends[_RUNS], curves.merge(asked)[_RUNS]], ignore_index=True)


def early_correlations(
    early: pd.DataFrame, benchmark: pd.DataFrame, dataset: str, *, draws: int, seed: int
) -> pd.DataFrame:
    """Correlation of one run's validation accuracy after some epochs with the mean final accuracy of other runs.

    The paper correlates with the mean over all runs, the early one among them; a run that is compared with itself says
    little about the next one. Curves that are means over runs can only be compared with the same runs.

    Args:
        early: one row per cell, run and point, see :func:`early_runs`.
        benchmark: a ``benchmark`` table with the same cells and runs.
        dataset: of the validation accuracies.
        draws: how often a run is drawn for each cell.
        seed: of the draws.

    Returns:
        One row per schedule, epoch and score: number of ``cells`` with such runs, what they were compared ``against``,
        mean and standard deviation (ddof 0, as published) over draws of Pearson's r and Kendall's tau-b.
    """
    from scipy.stats import kendalltau  # Slow to import; most figures do without it.

    rng, rows = np.random.default_rng(seed), []
    for (schedule, epoch), chosen in early.groupby(["epochs", "epoch"]):
        runs = chosen.pivot(index="index", columns="seed", values="accuracy")
        for score in mean_scores(benchmark):
            finals = _finals(benchmark, score, schedule, dataset, runs)
            pairs = [finals.pairs(runs.to_numpy(), rng) for _ in range(draws)]
            cells, means = len(pairs[0][0]), (np.nan,) * 4
            if cells > 1:
                pearson = [np.corrcoef(*pair)[0, 1] for pair in pairs]
                kendall = [kendalltau(*pair).statistic for pair in pairs]
                means = (np.mean(pearson), np.std(pearson), np.mean(kendall), np.std(kendall))
            rows.append((schedule, epoch, score, cells, finals.against, *means))
    columns = ["schedule", "epoch", "score", "cells", "against", "pearson", "pearson_std", "kendall", "kendall_std"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class _Finals:
    """Final accuracies of cells.

    Attributes:
        total: sum over all runs of a cell, (cells,).
        count: runs of a cell, (cells,).
        own: accuracies of the runs that early ones may be the beginning of, (cells, runs); zero where there is none.
        against: whether these are left out.
    """

    total: np.ndarray
    count: np.ndarray
    own: np.ndarray | None
    against: str

    def pairs(self, runs: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Accuracy of a run drawn for each cell, and the mean final accuracy of its other runs.

        Args:
            runs: early accuracies, (cells, runs), NaN where there is none.
            rng: of the draws.
        """
        cells, known = np.arange(len(runs)), np.isfinite(runs)
        place = np.argsort(~known, axis=1, kind="stable")[cells, rng.integers(known.sum(axis=1))]
        total, count = self.total, self.count
        if self.own is not None:
            total, count = total - self.own[cells, place], count - 1
        kept = count > 0
        return runs[cells, place][kept], (total[kept] / count[kept])


def _finals(benchmark: pd.DataFrame, score: str, schedule: int, dataset: str, runs: pd.DataFrame) -> _Finals:
    name, _, split = score.rpartition(" ")
    rows = longest_schedule(benchmark[benchmark["dataset"] == name])
    wide = rows.pivot(index="index", columns="seed", values=f"{split}_accuracy").loc[runs.index]
    total, count = wide.sum(axis=1).to_numpy(), wide.notna().sum(axis=1).to_numpy()
    same = name == dataset and schedule == rows["epochs"].iloc[0]
    if same and len(runs.columns) < len(wide.columns):
        return _Finals(total, count, None, SAME_RUNS)
    own = wide.reindex(columns=runs.columns).fillna(0).to_numpy() if same else None
    return _Finals(total, count, own, OTHER_RUNS)
