"""Claims about sample-based searches: Table 5, block C, and Fig. 9."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import bootstrap, difference
from nascope.papers.nasbench201 import reads
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reference import SEARCH_RUNS, TABLE_5C
from nascope.papers.nasbench201.settings import Searches as Settings
from nascope.schemas.results import NASBENCH201, NASBENCH201_SWEEPS
from nascope.schemas.searches import Benchmark, Searches

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan

_WORDS = {"RS": "random search", "REA": "regularized evolution", "REINFORCE": "REINFORCE", "BOHB": "BOHB"}
#: Pairs of Table 5's block C, the better one first.
_ORDERINGS = (
    *(("REA", "RS"), ("REINFORCE", "RS"), ("RS", "BOHB")),
    *(("REA", "BOHB"), ("REINFORCE", "BOHB"), ("REA", "REINFORCE")),
)


def _published_lead(better: str, worse: str) -> float:
    return float(np.mean([column[better][0] - column[worse][0] for column in TABLE_5C.values()]))


def _options(plan: Plan[NasBench201], **names: str) -> Mapping[str, Any]:
    return {"settings": plan.section.searches, **names}


def leads(benchmark: Benchmark, found: Searches, *, settings: Settings, better: str, worse: str) -> Estimate:
    """Difference of two algorithms' mean accuracies, one unit per run."""
    runs, lacking = _runs(benchmark, found, better, worse)
    scope = _scope(settings, list(runs.columns))
    if lacking:
        return untestable(lacking, scope)
    means = runs.mean(axis=1)
    first, second = (means[found["algorithm"] == name].to_numpy() for name in (better, worse))
    return difference(first, second, scope)


def reproduced(benchmark: Benchmark, found: Searches, *, settings: Settings, algorithm: str) -> Estimate:
    """How far an algorithm's mean accuracies are from leaving the published deviations, one unit per run."""
    runs, lacking = _runs(benchmark, found, algorithm)
    scope = _scope(settings, list(runs.columns))
    if lacking:
        return untestable(lacking, scope)
    if algorithm == "REINFORCE":
        scope += "; its learning rate was picked by these values (docs/methods.md)"
    own = runs[found["algorithm"] == algorithm]
    published = np.array([TABLE_5C[name][algorithm] for name in own])

    def slack(*columns: np.ndarray) -> float:
        return float(1 - np.max(np.abs(np.mean(columns, axis=1) - published[:, 0]) / published[:, 1]))

    return bootstrap(tuple(own.to_numpy().T), slack, scope)


def _runs(benchmark: pd.DataFrame, found: pd.DataFrame, *algorithms: str) -> tuple[pd.DataFrame, str]:
    """Accuracies of the cells found, one row per run and one column per score of Table 5; and what is lacking."""
    scores = mean_scores(benchmark)
    columns = [name for name in TABLE_5C if name in scores]
    runs = scores.loc[found["index"], columns].set_axis(found.index)
    unknown = [name for name in TABLE_5C if name not in scores]
    absent = [name for name in algorithms if name not in set(found["algorithm"])]
    if absent:
        return runs, f"nasbench201.searches has no {' and no '.join(absent)}"
    return runs, f"the table has no {unknown[0]} accuracies" if unknown else ""


def _scope(settings: Settings, scores: list[str]) -> str:
    return (
        f"searches on the published table by {settings.epochs}-epoch {settings.dataset} validation accuracies in "
        f"{settings.budget_seconds:,.0f} s, means over {len(scores)} scores of Table 5"
    )


for _better, _worse in _ORDERINGS:
    _CLAIM = PAPER.claim(
        f"{_better} beats {_worse}",
        f"With the same budget, {_WORDS[_better]} finds better cells than {_WORDS[_worse]}.",
    )
    _CLAIM.test(
        reads.evidence,
        figure="search_means",
        measure=(
            f"mean accuracy of {_better}'s cells minus that of {_worse}'s over Table 5's six columns (percentage "
            f"points; paper: {_published_lead(_better, _worse):.2f})"
        ),
        unit="runs",
        tables=reads.searches,
        options=partial(_options, better=_better, worse=_worse),
    )(leads)

for _name, _words in _WORDS.items():
    _CLAIM = PAPER.claim(
        f"Table 5 of {_name}",
        f"The cells that {_words} finds have the mean accuracies of Table 5, each within one published standard "
        "deviation.",
    )
    _CLAIM.test(
        reads.evidence,
        figure="search_means",
        measure=(
            "1 minus the largest distance of a mean from the published one over Table 5's six columns, in published "
            f"standard deviations of {SEARCH_RUNS} runs"
        ),
        unit="runs",
        tables=reads.searches,
        options=partial(_options, algorithm=_name),
    )(reproduced)

_SAMPLE_SIZE = PAPER.claim(
    "a sample size of ten suits evolution",
    "Of the sample sizes 3, 5 and 10, regularized evolution finds the best cells with 10.",
)


@_SAMPLE_SIZE.test(
    reads.evidence,
    figure="sweeps",
    measure="mean accuracy with a sample size of 10 minus that with 3 (percentage points)",
    unit="runs",
    tables=lambda plan: {"benchmark": NASBENCH201, "found": NASBENCH201_SWEEPS},
    options=_options,
)
def ten_suits(benchmark: Benchmark, found: Searches, *, settings: Settings) -> Estimate:
    """Difference of mean accuracies on the data set searched, one unit per run."""
    score = mean_scores(benchmark)[f"{settings.dataset} valid"]
    chosen = found[found["algorithm"] == "REA"]
    runs = [score.loc[chosen.loc[chosen["settings"] == f'{{"sample_size": {size}}}', "index"]] for size in (10, 3)]
    scope = f"searches on the published table by {settings.epochs}-epoch accuracies, {score.name} accuracy"
    if not all(map(len, runs)):
        return untestable("nasbench201.searches.sweeps has no sample sizes 3 and 10 of REA", scope)
    return difference(runs[0].to_numpy(), runs[1].to_numpy(), scope)
