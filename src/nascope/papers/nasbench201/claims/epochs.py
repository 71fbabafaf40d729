"""Claims about what accuracies after some epochs foretell: Fig. 5 and Table 6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from nascope.analysis.early import early_accuracies
from nascope.analysis.ranking import mean_scores
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import bootstrap
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import TWELVE_EPOCHS
from nascope.papers.nasbench201.supernets import main_score
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark, Histories

if TYPE_CHECKING:
    from nascope.evidence.kinds import Evidence
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan

_SHORT = 12  # epochs of the annealed short schedule
_TOLERANCE = 0.03  # of a correlation that is reproduced


def _curves_evidence(plan: Plan[NasBench201]) -> Evidence:
    """What the curves are evidence of."""
    histories = plan.section.histories
    if histories == reads.OWN:
        return "trained here"
    return reads.evidence(plan) if histories == reads.PUBLISHED else "your own table"


def _dataset(plan: Plan[NasBench201]) -> dict[str, Any]:
    return {"dataset": reads.ranked_dataset(plan)}


_TWELVE_EPOCHS_TELL = PAPER.claim(
    "twelve epochs foretell the end",
    "Accuracy after twelve epochs with an annealed learning rate correlates strongly with that after 200 epochs.",
)


@_TWELVE_EPOCHS_TELL.test(
    reads.evidence,
    figure="early_correlations",
    measure="smallest Pearson correlation on the three data sets, minus 0.8 (paper: about 0.9)",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def twelve_epochs_tell(benchmark: Benchmark) -> Estimate:
    """Validation accuracies of the shorter and the longer schedule on each data set."""
    short, long = _schedules(benchmark)
    scope = f"{_SHORT} against the most epochs, validation accuracy on {', '.join(short)}"
    if short.empty:
        return untestable(f"the table has no {_SHORT}-epoch runs", scope)
    columns = (*short.to_numpy().T, *long.to_numpy().T)

    def weakest(*columns: np.ndarray) -> float:
        half = len(columns) // 2
        return min(float(np.corrcoef(*pair)[0, 1]) for pair in zip(columns[:half], columns[half:], strict=True)) - 0.8

    return bootstrap(columns, weakest, scope)


_TABLE_6 = PAPER.claim(
    "Table 6 after twelve epochs",
    f"On CIFAR-10 that correlation is Table 6's, about {TWELVE_EPOCHS:g}.",
)


@_TABLE_6.test(
    reads.evidence,
    figure="early_correlations",
    measure=f"{_TOLERANCE:g} minus the distance of Pearson's correlation from {TWELVE_EPOCHS:g}",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def table_6_reproduced(benchmark: Benchmark) -> Estimate:
    """Distance from the published correlation."""
    short, long = _schedules(benchmark)
    scope = f"{_SHORT} against the most epochs, CIFAR-10 validation accuracy"
    if "cifar10-valid" not in short:
        return untestable(f"the table has no {_SHORT}-epoch runs", scope)

    def slack(first: np.ndarray, second: np.ndarray) -> float:
        return float(_TOLERANCE - abs(np.corrcoef(first, second)[0, 1] - TWELVE_EPOCHS))

    return bootstrap((short["cifar10-valid"].to_numpy(), long["cifar10-valid"].to_numpy()), slack, scope)


_ANNEALING_HELPS = PAPER.claim(
    "annealing beats stopping early",
    "Twelve epochs with an annealed learning rate rank cells better than the first twelve of 200.",
)


@_ANNEALING_HELPS.test(
    _curves_evidence,
    figure="early_correlations",
    measure="Kendall's tau with the final accuracy, annealed minus truncated",
    unit="cells",
    tables=reads.ranked,
    options=_dataset,
)
def annealing_helps(histories: Histories, benchmark: Benchmark, *, dataset: str) -> Estimate:
    """Both against the final test accuracy of other runs."""
    short, _ = _schedules(benchmark)
    early, final = _with_final(histories, benchmark, dataset)
    scope = f"{len(early)} cells, {dataset} validation accuracy against {final.name}"
    if dataset not in short or early.columns.max() <= _SHORT:
        return untestable(f"there are no {_SHORT}-epoch runs beside longer curves", scope)
    annealed = short.loc[early.index, dataset].to_numpy()
    return bootstrap((annealed, early[_SHORT].to_numpy(), final.to_numpy()), _lead, scope)


_RANKS_SETTLE = PAPER.claim(
    "ranks settle over epochs",
    "The ranks of cells by validation accuracy approach their final ranks in the course of training.",
)


@_RANKS_SETTLE.test(
    _curves_evidence,
    figure="ranks_over_epochs",
    measure="Kendall's tau with the final accuracy after half of the epochs minus that after 6% of them",
    unit="cells",
    tables=reads.ranked,
    options=_dataset,
)
def ranks_settle(histories: Histories, benchmark: Benchmark, *, dataset: str) -> Estimate:
    """Half-way against early, both against the final accuracy."""
    early, final = _with_final(histories, benchmark, dataset)
    whole = int(early.columns.max())
    half, start = whole // 2, max(1, round(0.06 * whole))
    scope = f"{len(early)} cells, epochs {start} and {half} of {whole} on {dataset} against {final.name}"
    if half <= start:
        return untestable(f"curves of {whole} epochs", scope)
    return bootstrap((early[half].to_numpy(), early[start].to_numpy(), final.to_numpy()), _lead, scope)


def _lead(better: np.ndarray, worse: np.ndarray, final: np.ndarray) -> float:
    """By how much the first agrees better with the final accuracy than the second."""
    return float(kendalltau(better, final).statistic - kendalltau(worse, final).statistic)


def _schedules(benchmark: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean validation accuracies after 12 and after most epochs: a row per cell, a column per data set with both."""
    runs = benchmark.dropna(subset=["valid_accuracy"])
    means = runs.groupby(["epochs", "dataset", "index"])["valid_accuracy"].mean()
    if _SHORT not in means.index or benchmark["epochs"].max() == _SHORT:
        return pd.DataFrame(), pd.DataFrame()
    short, long = (means.loc[epochs].unstack(0) for epochs in (_SHORT, benchmark["epochs"].max()))
    both = [name for name in short if name in long]
    return short[both], long.loc[short.index, both]


def _with_final(histories: pd.DataFrame, benchmark: pd.DataFrame, dataset: str) -> tuple[pd.DataFrame, pd.Series]:
    """Curves, one row per cell, and the final accuracy of the same cells."""
    early, scores = early_accuracies(histories, dataset), mean_scores(benchmark)
    return early, scores.loc[early.index, main_score(scores.columns)]
