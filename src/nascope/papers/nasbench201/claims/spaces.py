"""Claims about whole spaces: latency, fitness landscapes, and importance across epochs, data sets and tasks."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.analysis.whole_tables import by_genotype, distances_to_best, importances, local_optima, task_table
from nascope.evidence.correlations import smallest_rho
from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.supernets import main_score
from nascope.schemas.evidence import Latencies, Tasks
from nascope.schemas.results import CELL_LATENCIES, NASBENCH201, TASK_SCORES
from nascope.schemas.searches import Benchmark

_SHORT = 12  # epochs of the short schedule

_SLOW_CELLS = PAPER.claim(
    "slower cells are more accurate",
    "(Ours) On every device, cells with a higher latency tend to be more accurate.",
)


@_SLOW_CELLS.test(
    reads.evidence,
    figure="latencies",
    measure="smallest Spearman correlation of latency and accuracy over devices",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201, "latencies": CELL_LATENCIES},
)
def slow_cells_are_accurate(benchmark: Benchmark, latencies: Latencies) -> Estimate:
    """By the main score."""
    wide, scores = latencies.pivot(index="index", columns="device", values="latency_ms"), mean_scores(benchmark)
    score = main_score(scores.columns)
    rhos = [float(wide[name].corr(scores.loc[wide.index, score], method="spearman")) for name in wide]
    return smallest_rho(rhos, len(wide), f"{len(wide.columns)} devices, {score} accuracy")


_DEVICES_AGREE = PAPER.claim(
    "devices agree on latency",
    "(Ours) A cell that is fast on one device is fast on every other.",
)


@_DEVICES_AGREE.test(
    reads.evidence,
    figure="latencies",
    measure="smallest Spearman correlation of latencies on two devices, minus 0.5",
    unit="cells",
    tables=lambda plan: {"latencies": CELL_LATENCIES},
)
def devices_agree(latencies: Latencies) -> Estimate:
    """All pairs of devices."""
    wide = latencies.pivot(index="index", columns="device", values="latency_ms")
    return _agreement(wide, len(wide), f"{len(wide.columns)} devices", 0.5)


_GOOD_CELLS_ARE_NEAR = PAPER.claim(
    "good cells lie near the best one",
    "(Ours) The fewer edges a cell shares with the best cell, the worse it is.",
)


@_GOOD_CELLS_ARE_NEAR.test(
    reads.evidence,
    figure="landscapes",
    measure="smallest correlation of error with the distance to the best cell (Spearman) over all scores",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def good_cells_are_near(benchmark: Benchmark) -> Estimate:
    """Fitness-distance correlation with the opposite sign."""
    scores = by_genotype(mean_scores(benchmark), benchmark)
    far = distances_to_best(scores)
    rhos = [-float(far[name].corr(scores[name], method="spearman")) for name in scores]
    return smallest_rho(rhos, len(scores), ", ".join(scores))


_FEW_OPTIMA = PAPER.claim(
    "few cells are local optima",
    "(Ours) By mean accuracies, fewer than one cell in a hundred is the best among those that differ in one edge.",
)


@_FEW_OPTIMA.test(
    reads.evidence,
    figure="landscapes",
    measure="0.01 minus the largest share of local optima over all scores",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def few_optima(benchmark: Benchmark) -> Estimate:
    """Counted."""
    scores = by_genotype(mean_scores(benchmark), benchmark)
    return exact(0.01 - float(local_optima(scores).mean().max()), len(scores), ", ".join(scores))


_IMPORTANCE_IS_EARLY = PAPER.claim(
    "importance shows after twelve epochs",
    "(Ours) The importance of edges after twelve epochs agrees with that after 200.",
)


@_IMPORTANCE_IS_EARLY.test(
    reads.evidence,
    figure="importance_across_tasks",
    measure="smallest Spearman correlation of importances on the three data sets, minus 0.5",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def importance_is_early(benchmark: Benchmark) -> Estimate:
    """Edges of all cells, by validation accuracy."""
    runs = benchmark.dropna(subset=["valid_accuracy"])
    short, long = mean_scores(runs[runs["epochs"] == _SHORT], ("valid",)), mean_scores(runs, ("valid",))
    names = [name for name in short if name in long and runs["epochs"].max() > _SHORT]
    scope = f"{_SHORT} against the most epochs, {', '.join(names)}"
    if not names:
        return untestable(f"the table has no {_SHORT}-epoch runs beside longer ones", scope)
    both = [importances(by_genotype(scores[names], benchmark)) for scores in (short, long)]
    return smallest_rho(
        [float(both[0][name].corr(both[1][name], method="spearman")) for name in names], len(long), scope, less=0.5
    )


_IMPORTANCE_TRANSFERS = PAPER.claim(
    "importance transfers between data sets",
    "(Ours) The same edges matter on the three data sets of NAS-Bench-201.",
)


@_IMPORTANCE_TRANSFERS.test(
    reads.evidence,
    figure="importance_across_tasks",
    measure="smallest Spearman correlation of importances on two data sets, minus 0.5",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def importance_transfers(benchmark: Benchmark) -> Estimate:
    """Edges of all cells, by validation accuracy."""
    scores = by_genotype(mean_scores(benchmark, ("valid",)), benchmark)
    return _agreement(importances(scores), len(scores), ", ".join(scores), 0.5)


_TASKS_SHARE_IMPORTANCE = PAPER.claim(
    "importance transfers between tasks",
    "(Ours) The edges that matter for one task of TransNAS-Bench-101 matter for every other.",
)


@_TASKS_SHARE_IMPORTANCE.test(
    "published trainings",
    figure="importance_across_tasks",
    measure="smallest Spearman correlation of importances for two tasks",
    unit="cells",
    tables=lambda plan: {"tasks": TASK_SCORES},
)
def tasks_share_importance(tasks: Tasks) -> Estimate:
    """Edges of all cells, by validation score."""
    scores = task_table(tasks)
    return _agreement(importances(scores), len(scores), f"{len(scores):,} cells, {', '.join(scores)}")


_TASKS_SHARE_RANKS = PAPER.claim(
    "ranks transfer between tasks",
    "(Ours) The ranks of cells agree between all tasks of TransNAS-Bench-101.",
)


@_TASKS_SHARE_RANKS.test(
    "published trainings",
    figure="importance_across_tasks",
    measure="smallest Spearman correlation of scores for two tasks, minus 0.5",
    unit="cells",
    tables=lambda plan: {"tasks": TASK_SCORES},
)
def tasks_share_ranks(tasks: Tasks) -> Estimate:
    """All pairs of tasks."""
    scores = task_table(tasks)
    return _agreement(scores, len(scores), f"{len(scores):,} cells, {', '.join(scores)}", 0.5)


def _agreement(values: pd.DataFrame, n: int, scope: str, less: float = 0.0) -> Estimate:
    """The smallest rank correlation of two columns."""
    matrix = values.corr(method="spearman")
    rhos = [float(matrix.loc[first, second]) for first, second in combinations(matrix.columns, 2)]
    return smallest_rho(rhos, n, scope, less=less) if rhos else untestable("there is only one column", scope)
