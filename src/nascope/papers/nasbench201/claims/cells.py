"""Claims about single cells and about parameters: Fig. 2 and the last rows of Table 5."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.evidence.correlations import smallest_rho
from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.evidence.intervals import mean
from nascope.oracles.tabular import longest_schedule
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.labels import RESNET
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import BEST_CELLS, TABLE_5_CELLS, TABLE_5AB
from nascope.schemas.results import NASBENCH201
from nascope.schemas.searches import Benchmark

_SKIPS = "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|"
_HARD = ("cifar100", "ImageNet16-120")  # data sets on which the ResNet cell leaves room
_LACKING = "the table has not all scores of Table 5"

_BEST = PAPER.claim(
    "the best cells are the published ones",
    "Cells 6111, 9930 and 10676 have the best validation accuracies on CIFAR-10, CIFAR-100 and ImageNet16-120.",
)


@_BEST.test(
    reads.evidence,
    figure="accuracy",
    measure="smallest lead of the published best cell over all others on the three data sets (percentage points)",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def best_cells(benchmark: Benchmark) -> Estimate:
    """Mean validation accuracies over seeds."""
    scores = mean_scores(benchmark, ("valid",))
    columns = {name: scores[f"{name} valid"] for name in BEST_CELLS}
    leads = [column[BEST_CELLS[name]] - column.drop(BEST_CELLS[name]).max() for name, column in columns.items()]
    return exact(float(min(leads)), len(scores), "validation accuracies, means over seeds")


def _row(benchmark: pd.DataFrame, published: dict[str, float], found: pd.Series, tolerance: float) -> Estimate:
    """How far a row of Table 5 is from leaving a tolerance."""
    scores, scope = mean_scores(benchmark), "means over seeds, the six columns of Table 5"
    if not set(published) <= set(scores):
        return untestable(_LACKING, scope)
    distance = max(abs(round(found[name], 2) - value) for name, value in published.items())
    return exact(tolerance - distance, len(published), scope)


_OPTIMUM = PAPER.claim(
    "Table 5's optimal row",
    "The best accuracies of all cells are those of Table 5's last row, within 0.1 percentage points.",
)


@_OPTIMUM.test(
    reads.evidence,
    figure="accuracy",
    measure="0.1 minus the largest distance from the six published accuracies (percentage points)",
    unit="columns",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def optimal_row(benchmark: Benchmark) -> Estimate:
    """The best cell of each column."""
    return _row(benchmark, TABLE_5_CELLS["optimal"], mean_scores(benchmark).max(), 0.1)


_RESNET_ROW = PAPER.claim(
    "Table 5's ResNet row",
    "The ResNet cell has the accuracies of Table 5, within one percentage point.",
)


@_RESNET_ROW.test(
    reads.evidence,
    figure="accuracy",
    measure="1 minus the largest distance from the six published accuracies (percentage points)",
    unit="columns",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def resnet_row(benchmark: Benchmark) -> Estimate:
    """The paper's table has other seeds."""
    return _row(benchmark, TABLE_5_CELLS["ResNet"], _scores_of(benchmark, RESNET), 1.0)


_SKIPS_ONLY = PAPER.claim(
    "DARTS ends in skip connections only",
    "The cell that all DARTS searches of Table 5 end in consists of six skip connections.",
)


@_SKIPS_ONLY.test(
    reads.evidence,
    figure="one_shot_means",
    measure="0.015 minus the largest distance of that cell's accuracies from the published ones (percentage points)",
    unit="columns",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def skips_only(benchmark: Benchmark) -> Estimate:
    """Published accuracies have two decimals and a standard deviation of zero over runs."""
    published = {score: value for score, (value, _) in TABLE_5AB["batch"]["DARTS-V1"].items()}
    return _row(benchmark, published, _scores_of(benchmark, _SKIPS), 0.015)


_RESNET_IS_GOOD = PAPER.claim(
    "the ResNet cell is among the best",
    "The ResNet cell shows competitive performance on the three data sets.",
)


@_RESNET_IS_GOOD.test(
    reads.evidence,
    figure="accuracy",
    measure="smallest share of cells that are worse than the ResNet cell on the three data sets, minus 0.9",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def resnet_is_good(benchmark: Benchmark) -> Estimate:
    """By the main score of each data set."""
    scores = _main(mean_scores(benchmark))
    shares = (scores < _scores_of(benchmark, RESNET)[scores.columns]).mean()
    return exact(float(shares.min()) - 0.9, len(scores), ", ".join(scores))


_ROOM = PAPER.claim(
    "the ResNet cell leaves room",
    "On CIFAR-100 and ImageNet16-120 the best cell is about two percentage points better than the ResNet cell.",
)


@_ROOM.test(
    reads.evidence,
    figure="accuracy",
    measure="smaller of both leads over the ResNet cell, minus 1.5 (percentage points; paper: about 2)",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def room_above_resnet(benchmark: Benchmark) -> Estimate:
    """The best cell of each of the two data sets."""
    scores = _main(mean_scores(benchmark))
    leads = (scores.max() - _scores_of(benchmark, RESNET))[[name for name in scores if name.split()[0] in _HARD]]
    if len(leads) < len(_HARD):
        return untestable(f"the table has not {' and '.join(_HARD)}", "means over seeds")
    return exact(float(leads.min()) - 1.5, len(scores), ", ".join(map(str, leads.index)))


_SIZE_MATTERS = PAPER.claim(
    "parameters matter",
    "Cells with more parameters tend to be more accurate.",
)


@_SIZE_MATTERS.test(
    reads.evidence,
    figure="accuracy",
    measure="smallest Spearman correlation of parameters and accuracy on the three data sets",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def size_matters(benchmark: Benchmark) -> Estimate:
    """By the main score of each data set."""
    scores, sizes = _main(mean_scores(benchmark)), _sizes(benchmark)
    rhos = [float(scores[name].corr(sizes, method="spearman")) for name in scores]
    return smallest_rho(rhos, len(scores), ", ".join(scores))


_NOT_ALWAYS = PAPER.claim(
    "more parameters are not always better",
    "The largest cell is worse than cells with at most half of its parameters.",
)


@_NOT_ALWAYS.test(
    reads.evidence,
    figure="accuracy",
    measure="smallest lead of the best cell of half the size over the largest on the three data sets (points)",
    unit="cells",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def not_always_better(benchmark: Benchmark) -> Estimate:
    """By the main score of each data set."""
    scores, sizes = _main(mean_scores(benchmark)), _sizes(benchmark)
    small = scores[sizes <= sizes.max() / 2]
    return exact(float((small.max() - scores.loc[sizes.idxmax()]).min()), len(scores), ", ".join(scores))


_CONNECTIONS_MATTER = PAPER.claim(
    "equal parameters, different accuracy",
    "Cells with the same number of parameters differ in accuracy, because it matters where operations stand.",
)


@_CONNECTIONS_MATTER.test(
    reads.evidence,
    figure="accuracy",
    measure="deviation of validation accuracy among cells of one size minus that between seeds (percentage points)",
    unit="sizes",
    tables=lambda plan: {"benchmark": NASBENCH201},
)
def connections_matter(benchmark: Benchmark) -> Estimate:
    """CIFAR-10; the deviation among cells is that of single runs, so that noise is in both."""
    runs = longest_schedule(benchmark[benchmark["dataset"] == "cifar10-valid"])
    cells = runs.groupby("index").agg(
        size=("parameters", "first"), first=("valid_accuracy", "first"), noise=("valid_accuracy", "std")
    )
    groups = cells.groupby("size")
    among = groups["first"].std()
    between = groups["noise"].apply(lambda values: float(np.sqrt(np.square(values).mean())))
    sample = (among - between).dropna().to_numpy()
    return mean(sample, "sizes of which there are several cells, CIFAR-10, single runs of 200 epochs")


def _main(scores: pd.DataFrame) -> pd.DataFrame:
    """Test accuracies where the table has some, or validation accuracies."""
    tests = [name for name in scores if name.endswith("test")]
    return scores[tests or list(scores)]


def _scores_of(benchmark: pd.DataFrame, genotype: str) -> pd.Series:
    """Mean scores of one cell."""
    index = benchmark.loc[benchmark["genotype"] == genotype, "index"].iloc[0]
    return mean_scores(benchmark).loc[index]


def _sizes(benchmark: pd.DataFrame) -> pd.Series:
    """Parameters by index, with CIFAR-10's classifier."""
    return benchmark[benchmark["dataset"] == "cifar10-valid"].drop_duplicates("index").set_index("index")["parameters"]
