"""The papers' claims as data, each with a test on our tables.

A claim's measure is signed so that the paper expects it to be positive; the verdict follows from its 95%
interval: wholly above zero it holds, wholly below it does not, otherwise it is undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import bootstrap, kendalltau, spearmanr, ttest_1samp, ttest_ind

from nascope.analysis.ranking import mean_scores
from nascope.figures.redundancy import group_errors
from nascope.spaces.cellspace import random_connections
from nascope.spaces.published import published_cell
from nascope.spaces.topology import width
from nascope.training.summary import join_study

_RESAMPLES = 2000
_NORMAL_95 = 1.959964
_BATCH = 50  # resamples held in memory at once
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Estimate:
    """A measured value with its 95% interval, the number of independent units behind it, and its scope."""

    value: float
    low: float
    high: float
    n: int
    scope: str

    @property
    def verdict(self) -> str:
        """``holds``, ``does not hold`` or ``undecided``."""
        if self.low > 0:
            return "holds"
        return "does not hold" if self.high < 0 else "undecided"


@dataclass(frozen=True)
class Claim:
    """A statement of a paper, the figure it belongs to, what is measured, and the test."""

    paper: str
    name: str
    figure: str
    statement: str
    measure: str
    test: Callable[[Tables, dict[str, Any]], Estimate]


def evaluate_claims(paper: str, tables: Tables, options: dict[str, Any]) -> pd.DataFrame:
    """Test all claims of a paper; a ``claims`` table.

    Args:
        paper: target name of the paper.
        tables: tables by kind, those the paper's claims read.
        options: facts for the tests and their scopes (see :data:`CLAIMS`).
    """
    rows = []
    for claim in (claim for claim in CLAIMS if claim.paper == paper):
        found = claim.test(tables, options)
        rows.append(
            {
                "paper": paper,
                "claim": claim.name,
                "figure": claim.figure,
                "statement": claim.statement,
                "measure": claim.measure,
                "estimate": found.value,
                "low": found.low,
                "high": found.high,
                "n": found.n,
                "verdict": found.verdict,
                "scope": found.scope,
            }
        )
    return pd.DataFrame(rows)


def _bootstrap(samples: tuple[np.ndarray, ...], statistic: Callable[..., float], scope: str) -> Estimate:
    """Percentile bootstrap over many units that have one value in each sample."""
    n = len(samples[0])
    value = float(statistic(*samples))
    how = {"n_resamples": _RESAMPLES, "batch": _BATCH, "vectorized": False, "method": "percentile", "rng": 0}
    result = bootstrap(samples, statistic, paired=True, **how)
    low, high = result.confidence_interval
    return Estimate(value, float(low), float(high), n, scope)


def _mean(sample: np.ndarray, scope: str) -> Estimate:
    """Student's interval of a mean; right for few units too."""
    if len(sample) < 2:
        return Estimate(float(np.mean(sample)), -np.inf, np.inf, len(sample), scope)
    low, high = ttest_1samp(sample, 0).confidence_interval()
    return Estimate(float(np.mean(sample)), float(low), float(high), len(sample), scope)


def _difference(first: np.ndarray, second: np.ndarray, scope: str) -> Estimate:
    """Welch's interval of the difference of two means."""
    value, n = float(np.mean(first) - np.mean(second)), min(len(first), len(second))
    if n < 2:
        return Estimate(value, -np.inf, np.inf, n, scope)
    low, high = ttest_ind(first, second, equal_var=False).confidence_interval()
    return Estimate(value, float(low), float(high), n, scope)


def _correlation(value: float, variance: float, n: int, lost: int, scope: str) -> Estimate:
    """Interval of a rank correlation by Fisher's z, whose variance is ``variance / (n - lost)``.

    0.437 and 4 for Kendall's tau (Fieller et al. 1957), 1 + rho**2 / 2 and 3 for Spearman's rho (Bonett & Wright 2000).
    """
    if n <= lost or not abs(value) < 1:
        return Estimate(float(value), -np.inf, np.inf, n, scope)
    centre, reach = np.arctanh(value), _NORMAL_95 * np.sqrt(variance / (n - lost))
    return Estimate(float(value), float(np.tanh(centre - reach)), float(np.tanh(centre + reach)), n, scope)


def _trained_scope(options: dict[str, Any]) -> str:
    return f"trained here on {options['dataset']} with protocol {options['protocol']}"


def _transfer(tables: Tables, options: dict[str, Any]) -> Estimate:
    scores = mean_scores(tables["benchmark"]).to_numpy()

    def weakest(*columns: np.ndarray) -> float:
        matrix = np.corrcoef(columns)
        return float(matrix[np.triu_indices(len(columns), 1)].min()) - 0.5

    return _bootstrap(tuple(scores.T), weakest, "all 15,625 cells, validation accuracy")


def _transfer_fades(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = mean_scores(tables["benchmark"])
    scores = table[[options["score"], *(name for name in table if name.endswith("valid") and name != options["score"])]]

    def drop(first: np.ndarray, *others: np.ndarray) -> float:
        best = first > max(options["thresholds"])
        everywhere = [np.corrcoef(first, other)[0, 1] for other in others]
        among_best = [np.corrcoef(first[best], other[best])[0, 1] for other in others]
        return float(np.mean(everywhere) - np.mean(among_best))

    scope = f"all cells against those above {max(options['thresholds']):g}% ({options['score']})"
    return _bootstrap(tuple(scores.to_numpy().T), drop, scope)


def _evolution_wins(tables: Tables, options: dict[str, Any]) -> Estimate:
    score = mean_scores(tables["benchmark"])["cifar10-valid valid"]
    found = tables["searches"]
    samples = [score.loc[found.loc[found["algorithm"] == name, "index"]].to_numpy() for name in ("REA", "RS")]
    return _difference(*samples, "sample-based searches on the NAS-Bench-201 table, CIFAR-10 validation accuracy")


def _own_table_repeats(tables: Tables, options: dict[str, Any]) -> Estimate:
    runs = tables["own_benchmark"].drop_duplicates(["key", "seed"])
    table = runs.pivot(index="key", columns="seed", values="test_accuracy")
    scope = f"our own table, functions {_trained_scope(options)}, first against last seed"
    tau = kendalltau(table.iloc[:, 0], table.iloc[:, -1]).statistic if table.shape[1] > 1 else np.nan
    found = _correlation(tau, 0.437, len(table), 4, scope)
    return replace(found, value=found.value - 0.5, low=found.low - 0.5, high=found.high - 0.5)


def _popular_are_wide(tables: Tables, options: dict[str, Any]) -> Estimate:
    excess = []
    for name in options["cells"]:
        genotype = published_cell(name).genotype
        drawn = np.array([width(random_connections(genotype, seed).normal) for seed in range(options["wirings"])])
        own = width(genotype.normal)
        # Mid-rank percentile: ties count half.
        excess.append(float((drawn < own).mean() + (drawn == own).mean() / 2 - 0.5))
    scope = f"normal cells of {', '.join(options['cells'])} among {options['wirings']} random wirings each"
    return _mean(np.array(excess), scope)


def _wide_converge_fast(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = join_study(tables["genotypes"], tables["curves"])
    area = table.groupby(["name", "width"])["test_loss"].mean().reset_index()

    scope = f"{len(area)} cells {_trained_scope(options)}, {table['seed'].nunique()} seed(s)"
    rho = -spearmanr(area["width"], area["test_loss"]).statistic
    return _correlation(rho, 1 + rho**2 / 2, len(area), 3, scope)


def _few_matter(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["importance"]
    top = table[table["subset"] == "top"]
    share = (top["importance"] > options["threshold"]).groupby(top["index"]).mean().to_numpy()
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]}); the paper's claim is about the DARTS space"
    return _mean(0.5 - share, scope)


def _patterns_win(tables: Tables, options: dict[str, Any]) -> Estimate:
    errors = group_errors(tables["genotypes"], tables["trainings"])
    samples = [errors.loc[errors["group"] == group, "test_error"].to_numpy() for group in ("Random", "PrimSkip")]
    scope = f"{sum(map(len, samples))} genotypes {_trained_scope(options)}"
    return _difference(*samples, scope)


#: The groups that the StacNAS code fixes by hand.
_STACNAS_GROUPS = (
    ("sep_conv_3x3", "sep_conv_5x5"),
    ("dil_conv_3x3", "dil_conv_5x5"),
    ("max_pool_3x3", "avg_pool_3x3"),
)


def _similar_correlate(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["operator_features"]
    table = table[table["first"] < table["second"]]
    together = {tuple(sorted(group)) for group in _STACNAS_GROUPS}
    same = pd.Series(
        [pair in together for pair in zip(table["first"], table["second"], strict=True)], index=table.index
    )
    units = table.assign(same=same).groupby(["seed", "cell", "edge", "same"])["correlation"].mean().unstack("same")
    scope = (
        f"{len(units)} probed edges (not independent: {table['seed'].nunique()} supernets) trained here on "
        f"{options['dataset']} with search protocol {options['search_protocol']}"
    )
    return _mean((units[True] - units[False]).to_numpy(), scope)


CLAIMS = (
    Claim(
        "nasbench201",
        "ranks transfer",
        "correlations",
        "The performance of architectures is correlated across data sets.",
        "smallest Pearson correlation between two data sets, minus 0.5",
        _transfer,
    ),
    Claim(
        "nasbench201",
        "transfer fades at the top",
        "correlations",
        "Among the best architectures the correlation between data sets is much weaker.",
        "mean Pearson correlation with CIFAR-10 over all cells, minus the same among the best",
        _transfer_fades,
    ),
    Claim(
        "nasbench201",
        "evolution beats random search",
        "search_means",
        "Regularized evolution finds better cells than random search with the same budget.",
        "mean accuracy of REA's cells minus that of random search's (percentage points)",
        _evolution_wins,
    ),
    Claim(
        "nasbench201",
        "a small table is repeatable",
        "own_space",
        "(Ours) A table trained at small scale ranks cells the same with another seed.",
        "Kendall's tau between two seeds, minus 0.5",
        _own_table_repeats,
    ),
    Claim(
        "understanding",
        "popular cells are wide",
        "topologies",
        "Popular cells have a wide and shallow topology compared with random connections.",
        "mean percentile of the published width among random wirings, minus 0.5",
        _popular_are_wide,
    ),
    Claim(
        "understanding",
        "wide cells converge fast",
        "convergence",
        "Wide and shallow cells converge faster.",
        "minus the rank correlation of width with the mean test loss over epochs",
        _wide_converge_fast,
    ),
    Claim(
        "redundancy",
        "few operations matter",
        "importance_counts",
        "Only a fraction of the operations of good cells matter.",
        "0.5 minus the share of operations in top cells whose importance exceeds the threshold",
        _few_matter,
    ),
    Claim(
        "redundancy",
        "simple patterns suffice",
        "pattern_groups",
        "Cells sampled with skip and separable-convolution patterns (PrimSkip) beat random ones.",
        "mean test error of Random minus that of PrimSkip (percentage points)",
        _patterns_win,
    ),
    Claim(
        "stacnas",
        "similar operators correlate",
        "operator_correlation",
        "Operators of one family have correlated feature maps, more than operators of different families.",
        "mean correlation within the published groups minus that between them",
        _similar_correlate,
    ),
)
