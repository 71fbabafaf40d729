"""Claims about cells without some of their operations, or with others in their place (Fig. 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pandas as pd

from nascope.analysis.ablation import trained_removal
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import mean
from nascope.evidence.medians import median
from nascope.evidence.refits import over_refits
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.edits import changes, small
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_likeness, no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Ablation, Importance, PatternPredictions, Predictions, Replacements
from nascope.schemas.results import NASBENCH201_ABLATION, NASBENCH201_IMPORTANCE, Result
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.removal import ORDERS

_MOST, _LEAST = ORDERS
_REMOVED = 2  # operations, of at most six
_REPLACED = 8  # operations, of sixteen; as many as the paper removes at most
_MARGIN = 1.0  # percentage points of error that count as the same

Middle = Callable[..., Estimate]

_COSTS_MEAN = PAPER.claim(
    "important operations cost more, by means",
    "Cells lose more without their most important operations than without their least important ones, on average.",
)
_COSTS_MEDIAN = PAPER.claim(
    "important operations cost more, by medians",
    "The typical cell loses more without its most important operations than without its least important ones.",
)
_CAN_GO_MEAN = PAPER.claim(
    "unimportant operations can go, by means",
    "Cells keep their performance without their unimportant operations, on average.",
)
_CAN_GO_MEDIAN = PAPER.claim(
    "unimportant operations can go, by medians",
    "The typical cell keeps its performance without its unimportant operations.",
)
_TABLE_COSTS_MEAN = PAPER.claim(
    "removal on NAS-Bench-201 costs by importance, by means",
    "On NAS-Bench-201, cells lose more without their most important operations, on average.",
)
_TABLE_COSTS_MEDIAN = PAPER.claim(
    "removal on NAS-Bench-201 costs by importance, by medians",
    "On NAS-Bench-201, the typical cell loses more without its most important operations.",
)
_TABLE_CAN_GO_MEAN = PAPER.claim(
    "unimportant operations can go on NAS-Bench-201, by means",
    "On NAS-Bench-201, cells keep their performance without their unimportant operations, on average.",
)
_TABLE_CAN_GO_MEDIAN = PAPER.claim(
    "unimportant operations can go on NAS-Bench-201, by medians",
    "On NAS-Bench-201, the typical cell keeps its performance without its unimportant operations.",
)
_APART = "error without the two most important operations minus error without the two least important (points), {}"
_RISE = f"{_MARGIN:g} percentage point minus the rise of error without the two least important operations, {{}}"
_PREDICTED = "predicted error with others for the 8 most important operations minus for the 8 least (points), {}"
_KEPT = "half the deviation of random cells minus the predicted rise of error with others for the 8 least important, {}"


def _tables(plan: reads.RedundancyPlan) -> dict[str, Result]:
    return {"ablation": NASBENCH201_ABLATION, "importance": NASBENCH201_IMPORTANCE}


@_TABLE_COSTS_MEAN.test(
    reads.evidence, figure="removal", measure=_APART.format("mean"), unit="top cells", tables=_tables
)
def removal_costs_mean(ablation: Ablation, importance: Importance) -> Estimate:
    """Mean over the top cells of NAS-Bench-201."""
    return _apart(ablation, importance, mean)


@_TABLE_COSTS_MEDIAN.test(
    reads.evidence, figure="removal", measure=_APART.format("median"), unit="top cells", tables=_tables
)
def removal_costs_median(ablation: Ablation, importance: Importance) -> Estimate:
    """Median over the top cells of NAS-Bench-201."""
    return _apart(ablation, importance, median)


@_TABLE_CAN_GO_MEAN.test(
    reads.evidence, figure="removal", measure=_RISE.format("mean"), unit="top cells", tables=_tables
)
def unimportant_can_go_mean(ablation: Ablation, importance: Importance) -> Estimate:
    """Mean over the top cells of NAS-Bench-201."""
    return _kept(ablation, importance, mean)


@_TABLE_CAN_GO_MEDIAN.test(
    reads.evidence, figure="removal", measure=_RISE.format("median"), unit="top cells", tables=_tables
)
def unimportant_can_go_median(ablation: Ablation, importance: Importance) -> Estimate:
    """Median over the top cells of NAS-Bench-201."""
    return _kept(ablation, importance, median)


def _apart(ablation: pd.DataFrame, importance: pd.DataFrame, middle: Middle) -> Estimate:
    costs = ablation[ablation["step"] == _REMOVED].pivot(index="index", columns="order", values="change")
    scope = _looked_up(len(costs), ablation)
    reason = no_likeness(importance)
    return untestable(reason, scope) if reason else middle(100 * (costs[_MOST] - costs[_LEAST]).to_numpy(), scope)


def _kept(ablation: pd.DataFrame, importance: pd.DataFrame, middle: Middle) -> Estimate:
    least = ablation[(ablation["order"] == _LEAST) & (ablation["step"] == _REMOVED)]
    scope = _looked_up(len(least), ablation)
    reason = no_likeness(importance)
    return untestable(reason, scope) if reason else middle(_MARGIN - 100 * least["change"].to_numpy(), scope)


@_COSTS_MEAN.test(
    reads.surrogate_evidence,
    figure="removal_predicted",
    measure=_PREDICTED.format("mean"),
    unit="genotypes",
    tables=lambda plan: reads.REPLACEMENTS,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def replacing_costs_mean(replacements: Replacements, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Mean over the surrogate's best genotypes."""
    return _replaced_apart(replacements, predictions, fitted, mean)


@_COSTS_MEDIAN.test(
    reads.surrogate_evidence,
    figure="removal_predicted",
    measure=_PREDICTED.format("median"),
    unit="genotypes",
    tables=lambda plan: reads.REPLACEMENTS,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def replacing_costs_median(replacements: Replacements, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Median over the surrogate's best genotypes."""
    return _replaced_apart(replacements, predictions, fitted, median)


@_CAN_GO_MEAN.test(
    reads.surrogate_evidence,
    figure="removal_predicted",
    measure=_KEPT.format("mean"),
    unit="genotypes",
    tables=lambda plan: {**reads.REPLACEMENTS, **reads.PATTERNS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def replaced_keep_mean(
    replacements: Replacements, predictions: Predictions, pattern_predictions: PatternPredictions, *, fitted: Fitted
) -> Estimate:
    """Mean over the surrogate's best genotypes."""
    return _replaced_kept(replacements, predictions, pattern_predictions, fitted, mean)


@_CAN_GO_MEDIAN.test(
    reads.surrogate_evidence,
    figure="removal_predicted",
    measure=_KEPT.format("median"),
    unit="genotypes",
    tables=lambda plan: {**reads.REPLACEMENTS, **reads.PATTERNS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def replaced_keep_median(
    replacements: Replacements, predictions: Predictions, pattern_predictions: PatternPredictions, *, fitted: Fitted
) -> Estimate:
    """Median over the surrogate's best genotypes."""
    return _replaced_kept(replacements, predictions, pattern_predictions, fitted, median)


def _replaced_apart(table: pd.DataFrame, predictions: pd.DataFrame, fitted: Fitted, middle: Middle) -> Estimate:
    chosen = table[(table["subset"] == "top") & (table["step"] == _REPLACED)]
    most, least = (changes(chosen[chosen["order"] == order]) for order in ORDERS)
    scope = _predicted(len(most), fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([most - least], lambda sample: middle(sample, scope))


def _replaced_kept(
    table: pd.DataFrame, predictions: pd.DataFrame, samples: pd.DataFrame, fitted: Fitted, middle: Middle
) -> Estimate:
    chosen = table[(table["subset"] == "top") & (table["step"] == _REPLACED) & (table["order"] == _LEAST)]
    margin = small(samples)
    scope = f"{_predicted(len(chosen), fitted)}; margin {margin:.2f} points"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([margin - changes(chosen)], lambda sample: middle(sample, scope))


def _predicted(cells: int, fitted: Fitted) -> str:
    return f"the best {cells} of many random genotypes, both cells' 16 operations, by a {fitted}"


@_COSTS_MEAN.test(
    "trained here",
    figure="removal_trained",
    measure="error without the most important operations minus without as many least important (points, mean of steps)",
    unit="cells",
    tables=lambda plan: plan.study(plan.section.removal).tables("genotypes", "trainings"),
    options=lambda plan: {
        "trained": plan.study(plan.section.removal).trained,
        "score": plan.section.removal_score,
    },
)
def removal_costs_trained(
    genotypes: Genotypes, trainings: Trainings, *, trained: Trained, score: Literal["last_test", "best_test"]
) -> Estimate:
    """Mean over the cells that were trained without some of their operations."""
    removed = trained_removal(genotypes, trainings, score).query("step > 0")
    excess = removed.groupby(["index", "order"])["change"].mean().unstack("order")
    steps = ", ".join(map(str, sorted(set(removed["step"]))))
    scope = f"{len(excess)} cells of the DARTS space without {steps} operations, {trained}"
    return (
        untestable(trained.short, scope)
        if trained.short
        else mean(100 * (excess[_MOST] - excess[_LEAST]).to_numpy(), scope)
    )


def _looked_up(cells: int, ablation: Ablation) -> str:
    return f"{cells} top cells of NAS-Bench-201 ({ablation['dataset'].iloc[0]}), looked up"
