"""Claims of NAS-Bench-201 (Dong & Yang 2020)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from nascope.analysis.one_shot import last_epochs, scored_searches
from nascope.analysis.ranking import mean_scores
from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import bootstrap, correlation, difference, mean
from nascope.evidence.scope import Trained
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.schemas.results import NASBENCH201, OWN_SPACE
from nascope.schemas.searches import Benchmark, OneShot, Searches

_RANKS_TRANSFER = PAPER.claim(
    "ranks transfer",
    "The performance of architectures is correlated across data sets.",
)


@_RANKS_TRANSFER.test(
    reads.evidence,
    figure="correlations",
    measure="smallest Pearson correlation between two data sets, minus 0.5",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def ranks_transfer(benchmark: Benchmark) -> Estimate:
    """Smallest correlation of two scores, over all cells."""
    scores = mean_scores(benchmark)

    def weakest(*columns: np.ndarray) -> float:
        matrix = np.corrcoef(columns)
        return float(matrix[np.triu_indices(len(columns), 1)].min()) - 0.5

    splits = {name.rpartition(" ")[2] for name in scores}
    scope = f"all {len(scores):,} cells, {'validation' if splits == {'valid'} else 'validation and test'} accuracy"
    return bootstrap(tuple(scores.to_numpy().T), weakest, scope)


_TRANSFER_FADES_AT_THE_TOP = PAPER.claim(
    "transfer fades at the top",
    "Among the best architectures the correlation between data sets is much weaker.",
)


@_TRANSFER_FADES_AT_THE_TOP.test(
    reads.evidence,
    figure="correlations",
    measure="mean Pearson correlation with CIFAR-10 over all cells, minus the same among the best",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
    options=lambda plan: {"score": plan.section.score, "thresholds": plan.section.thresholds},
)
def transfer_fades(benchmark: Benchmark, *, score: str, thresholds: tuple[float, ...]) -> Estimate:
    """Correlations of one score with the other validation scores: over all cells minus above the highest threshold."""
    table = mean_scores(benchmark)
    scores = table[[score, *(name for name in table if name.endswith("valid") and name != score)]]

    def drop(first: np.ndarray, *others: np.ndarray) -> float:
        best = first > max(thresholds)
        everywhere = [np.corrcoef(first, other)[0, 1] for other in others]
        among_best = [np.corrcoef(first[best], other[best])[0, 1] for other in others]
        return float(np.mean(everywhere) - np.mean(among_best))

    scope = f"all cells against those above {max(thresholds):g}% ({score})"
    return bootstrap(tuple(scores.to_numpy().T), drop, scope)


_EVOLUTION_BEATS_RANDOM_SEARCH = PAPER.claim(
    "evolution beats random search",
    "Regularized evolution finds better cells than random search with the same budget.",
)


@_EVOLUTION_BEATS_RANDOM_SEARCH.test(
    reads.evidence,
    figure="search_means",
    measure="mean accuracy of REA's cells minus that of random search's (percentage points)",
    unit="runs",
    tables=reads.searches,
)
def evolution_wins(benchmark: Benchmark, found: Searches) -> Estimate:
    """Difference of mean accuracies, one unit per run."""
    score = mean_scores(benchmark)["cifar10-valid valid"]
    evolution, random = (score.loc[found.loc[found["algorithm"] == name, "index"]].to_numpy() for name in ("REA", "RS"))
    scope = "sample-based searches on the NAS-Bench-201 table, CIFAR-10 validation accuracy"
    return difference(evolution, random, scope)


_DARTS_DEGENERATES = PAPER.claim(
    "DARTS degenerates",
    "DARTS ends in cells that are worse than most of the space.",
)


@_DARTS_DEGENERATES.test(
    "trained here",
    figure="one_shot_means",
    measure="0.5 minus the share of cells that are worse than what DARTS finds",
    unit="seeds",
    tables=reads.one_shot,
    options=lambda plan: {"dataset": plan.section.one_shot.dataset},
)
def darts_degenerates(found: OneShot, benchmark: Benchmark, *, dataset: str) -> Estimate:
    """Place of DARTS' final cells among all cells, one unit per seed."""
    final = _percentiles(found, benchmark)
    chosen = final[final["algorithm"].isin(["DARTS-V1", "DARTS-V2"])]
    by_seed = chosen.groupby("seed")["percentile"].mean().to_numpy()
    return mean(0.5 - by_seed, f"both orders, both BatchNorm modes, {_one_shot_scope(final, dataset)}")


_BATCH_STATISTICS_HELP_WEIGHT_SHARING = PAPER.claim(
    "batch statistics help weight sharing",
    "With batch statistics in the supernet's BatchNorm, RSPS finds better cells than with running estimates.",
)


@_BATCH_STATISTICS_HELP_WEIGHT_SHARING.test(
    "trained here",
    figure="one_shot_means",
    measure="share of cells worse than RSPS' cell, batch statistics minus running estimates",
    unit="seeds",
    tables=reads.one_shot,
    options=lambda plan: {"dataset": plan.section.one_shot.dataset},
)
def batch_statistics_help(found: OneShot, benchmark: Benchmark, *, dataset: str) -> Estimate:
    """Difference in the place of RSPS' final cells among all cells, one unit per seed."""
    final = _percentiles(found, benchmark)
    chosen = final[final["algorithm"] == "RSPS"].pivot(index="seed", columns="batch_norm", values="percentile")
    both = chosen.reindex(columns=["batch", "running"])  # NaN, and undecided, where the config asks for one mode
    return mean((both["batch"] - both["running"]).to_numpy(), f"RSPS, {_one_shot_scope(final, dataset)}")


def _percentiles(found: pd.DataFrame, benchmark: pd.DataFrame) -> pd.DataFrame:
    """Final cells of one-shot searches by their place among all cells of the table, on its first test score."""
    scored = last_epochs(scored_searches(found, benchmark))
    names = sorted(scored["score"].unique(), key=lambda name: not name.endswith("test"))
    return scored[scored["score"] == names[0]]


def _one_shot_scope(final: pd.DataFrame, dataset: str) -> str:
    seeds, score = final["seed"].nunique(), final["score"].iloc[0]
    return f"{seeds} seed(s) on {dataset}, cells scored by the table's {score} accuracy"


_A_SMALL_TABLE_IS_REPEATABLE = PAPER.claim(
    "a small table is repeatable",
    "(Ours) A table trained at small scale ranks cells the same with another seed.",
)


@_A_SMALL_TABLE_IS_REPEATABLE.test(
    "trained here",
    figure="own_space",
    measure="Kendall's tau between two seeds, minus 0.5",
    unit="functions",
    tables=lambda plan: {"benchmark": OWN_SPACE},
    options=lambda plan: {"trained": plan.study(plan.section.own_space).trained},
)
def own_table_repeats(benchmark: Benchmark, *, trained: Trained) -> Estimate:
    """Agreement of the first seed with the last, one unit per function, with Fisher's interval."""
    runs = benchmark.drop_duplicates(["key", "seed"])
    table = runs.pivot(index="key", columns="seed", values="test_accuracy")
    tau = kendalltau(table.iloc[:, 0], table.iloc[:, -1]).statistic if table.shape[1] > 1 else np.nan
    scope = f"our own table, functions {trained}, first against last seed"
    found = correlation(tau, 0.437, len(table), 4, scope)
    return replace(found, value=found.value - 0.5, low=found.low - 0.5, high=found.high - 0.5)
