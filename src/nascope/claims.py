"""The papers' claims as data, each with a test on our tables.

A claim's measure is signed so that the paper expects it to be positive; the verdict follows from its 95%
interval: wholly above zero it holds, wholly below it does not, otherwise it is undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import bootstrap, kendalltau, spearmanr

from nascope.analysis.ranking import mean_scores
from nascope.figures.redundancy import group_errors
from nascope.spaces.cellspace import random_connections
from nascope.spaces.published import published_cell
from nascope.spaces.topology import width

_RESAMPLES = 2000
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


def _bootstrap(samples: tuple[np.ndarray, ...], statistic: Callable[..., float], scope: str, *, paired: bool) -> Estimate:
    """Percentile bootstrap over units; too few units or constant data give an unbounded interval."""
    n = min(len(sample) for sample in samples)
    value = float(statistic(*samples))
    if n < 3 or not np.isfinite(value):
        return Estimate(value, -np.inf, np.inf, n, scope)
    result = bootstrap(
        samples, statistic, n_resamples=_RESAMPLES, paired=paired, vectorized=False, method="percentile", rng=0
    )
    low, high = (float(end) for end in result.confidence_interval)
    if not (np.isfinite(low) and np.isfinite(high)):  # some resamples were constant
        low, high = np.nanpercentile(result.bootstrap_distribution, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n, scope)


def _trained_scope(options: dict[str, Any]) -> str:
    return f"trained here on {options['dataset']} with protocol {options['protocol']}"


def _transfer(tables: Tables, options: dict[str, Any]) -> Estimate:
    scores = mean_scores(tables["benchmark"]).to_numpy()

    def weakest(*columns: np.ndarray) -> float:
        matrix = np.corrcoef(columns)
        return float(matrix[np.triu_indices(len(columns), 1)].min()) - 0.5

    return _bootstrap(tuple(scores.T), weakest, "all 15,625 cells, validation accuracy", paired=True)


def _transfer_fades(tables: Tables, options: dict[str, Any]) -> Estimate:
    scores = mean_scores(tables["benchmark"]).to_numpy()

    def drop(first: np.ndarray, *others: np.ndarray) -> float:
        best = first > max(options["thresholds"])
        everywhere = [np.corrcoef(first, other)[0, 1] for other in others]
        among_best = [np.corrcoef(first[best], other[best])[0, 1] for other in others]
        return float(np.mean(everywhere) - np.mean(among_best))

    scope = f"all cells against those above {max(options['thresholds']):g}% CIFAR-10 validation accuracy"
    return _bootstrap(tuple(scores.T), drop, scope, paired=True)


def _own_table_repeats(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["own_benchmark"].drop_duplicates(["key", "seed"]).pivot(index="key", columns="seed", values="test_accuracy")
    scope = f"our three-node table, functions {_trained_scope(options)}, first against last seed"
    if table.shape[1] < 2:
        return Estimate(np.nan, -np.inf, np.inf, 1, scope)
    pair = (table.iloc[:, 0].to_numpy(), table.iloc[:, -1].to_numpy())
    return _bootstrap(pair, lambda a, b: float(kendalltau(a, b).statistic) - 0.5, scope, paired=True)


def _popular_are_wide(tables: Tables, options: dict[str, Any]) -> Estimate:
    excess = []
    for name in options["cells"]:
        genotype = published_cell(name).genotype
        drawn = np.array([width(random_connections(genotype, seed).normal) for seed in range(options["wirings"])])
        own = width(genotype.normal)
        # Mid-rank percentile: ties count half.
        excess.append(float((drawn < own).mean() + (drawn == own).mean() / 2 - 0.5))
    scope = f"normal cells of {', '.join(options['cells'])} among {options['wirings']} random wirings each"
    return _bootstrap((np.array(excess),), lambda x: float(np.mean(x)), scope, paired=False)


def _wide_converge_fast(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["genotypes"][["name", "key", "width"]].merge(tables["curves"], on="key")
    area = table.groupby(["name", "width"])["test_loss"].mean().reset_index()

    def slope(widths: np.ndarray, losses: np.ndarray) -> float:
        return -float(spearmanr(widths, losses).statistic)

    scope = f"{len(area)} cells {_trained_scope(options)}, {tables['curves']['seed'].nunique()} seed(s)"
    return _bootstrap((area["width"].to_numpy(), area["test_loss"].to_numpy()), slope, scope, paired=True)


def _few_matter(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["importance"]
    top = table[table["subset"] == "top"]
    share = (top["importance"] > options["threshold"]).groupby(top["index"]).mean().to_numpy()
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]}); the paper's claim is about the DARTS space"
    return _bootstrap((share,), lambda x: 0.5 - float(np.mean(x)), scope, paired=False)


def _patterns_win(tables: Tables, options: dict[str, Any]) -> Estimate:
    errors = group_errors(tables["genotypes"], tables["trainings"])
    samples = tuple(errors.loc[errors["group"] == group, "test_error"].to_numpy() for group in ("Random", "PrimSkip"))
    scope = f"{sum(map(len, samples))} genotypes {_trained_scope(options)}"
    return _bootstrap(samples, lambda a, b: float(np.mean(a) - np.mean(b)), scope, paired=False)


#: The groups that the StacNAS code fixes by hand.
_STACNAS_GROUPS = (("sep_conv_3x3", "sep_conv_5x5"), ("dil_conv_3x3", "dil_conv_5x5"), ("max_pool_3x3", "avg_pool_3x3"))


def _similar_correlate(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["operator_features"]
    table = table[table["first"] < table["second"]]
    together = {tuple(sorted(group)) for group in _STACNAS_GROUPS}
    same = pd.Series([pair in together for pair in zip(table["first"], table["second"], strict=True)], index=table.index)
    units = table.assign(same=same).groupby(["seed", "cell", "edge", "same"])["correlation"].mean().unstack("same")
    scope = (
        f"{len(units)} probed edges of supernets trained here on {options['dataset']} with search protocol "
        f"{options['search_protocol']}"
    )
    return _bootstrap((units[True].to_numpy(), units[False].to_numpy()), lambda a, b: float(np.mean(a - b)), scope, paired=True)


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
