"""Claims about cells without some of their operations, or with other reduction cells."""

from __future__ import annotations

from typing import Literal

from nascope.analysis.ablation import trained_removal
from nascope.analysis.pairs import paired_changes
from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import mean, within
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Ablation
from nascope.schemas.results import NASBENCH201_ABLATION
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.removal import ORDERS

_MOST, _LEAST = ORDERS
_REMOVED = 2  # operations, of at most six
_MARGIN = 1.0  # percentage points of error that count as the same
_UNSEARCHED = ("same", "plain", "random")


_REDUCTION_CELLS_HARDLY_MATTER = PAPER.claim(
    "reduction cells hardly matter",
    "Searching reduction cells is hardly worth it.",
)


@_REDUCTION_CELLS_HARDLY_MATTER.test(
    "trained here",
    figure="reduction_cells",
    measure=f"{_MARGIN:g} point minus the distance of test errors with and without the searched reduction cell",
    unit="published cells",
    tables=lambda plan: plan.study(plan.section.reductions).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.reductions).trained},
)
def reductions_hardly_matter(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Estimate:
    """How far the mean change is from leaving the margin, one unit per published cell."""
    changes = paired_changes(genotypes, trainings)
    unsearched = changes[changes["group"].isin(_UNSEARCHED)]
    cells = unsearched.groupby("family")["change"].mean().to_numpy()
    others = unsearched["group"].nunique()
    scope = f"{len(cells)} published cells, {others} other reduction cell(s) each, {trained}"
    return untestable(trained.short, scope) if trained.short else within(cells, _MARGIN, scope)


_IMPORTANCE_TELLS_WHAT_REMOVAL_COSTS = PAPER.claim(
    "importance tells what removal costs",
    "Removing important operations hurts, removing unimportant ones hardly does.",
)


@_IMPORTANCE_TELLS_WHAT_REMOVAL_COSTS.test(
    reads.evidence,
    figure="removal",
    measure="error without the two most important operations minus error without the two least important (points)",
    unit="top cells",
    tables=lambda plan: {"ablation": NASBENCH201_ABLATION},
)
def importance_tells_cost(ablation: Ablation) -> Estimate:
    """Mean over the top cells of NAS-Bench-201."""
    changes = ablation[ablation["step"] == _REMOVED].pivot(index="index", columns="order", values="change")
    excess = 100 * (changes[_MOST] - changes[_LEAST]).to_numpy()
    return mean(excess, _looked_up(len(excess), ablation))


_IMPORTANCE_TELLS_WHAT_REMOVAL_COSTS_WHEN_TRAINED = PAPER.claim(
    "importance tells what removal costs when trained",
    "Removing important operations hurts, removing unimportant ones hardly does.",
)


@_IMPORTANCE_TELLS_WHAT_REMOVAL_COSTS_WHEN_TRAINED.test(
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
def importance_tells_trained_cost(
    genotypes: Genotypes, trainings: Trainings, *, trained: Trained, score: Literal["last_test", "best_test"]
) -> Estimate:
    """Mean over the cells that were trained without some of their operations."""
    changes = trained_removal(genotypes, trainings, score)
    removed = changes[changes["step"] > 0].groupby(["index", "order"])["change"].mean().unstack("order")
    excess = 100 * (removed[_MOST] - removed[_LEAST]).to_numpy()
    steps = ", ".join(map(str, sorted(set(changes["step"]) - {0})))
    scope = f"{len(excess)} cells of the DARTS space without {steps} operations, {trained}"
    return untestable(trained.short, scope) if trained.short else mean(excess, scope)


_UNIMPORTANT_OPERATIONS_CAN_GO = PAPER.claim(
    "unimportant operations can go",
    "Cells keep their performance without their unimportant operations.",
)


@_UNIMPORTANT_OPERATIONS_CAN_GO.test(
    reads.evidence,
    figure="removal",
    measure=f"{_MARGIN:g} percentage point minus the rise of error when the two least important operations are removed",
    unit="top cells",
    tables=lambda plan: {"ablation": NASBENCH201_ABLATION},
)
def unimportant_can_go(ablation: Ablation) -> Estimate:
    """Mean over the top cells of NAS-Bench-201."""
    least = ablation[(ablation["order"] == _LEAST) & (ablation["step"] == _REMOVED)]
    scope = f"{_looked_up(len(least), ablation)}; the paper's claim is about the DARTS space"
    return mean(_MARGIN - 100 * least["change"].to_numpy(), scope)


def _looked_up(cells: int, ablation: Ablation) -> str:
    return f"{cells} top cells of NAS-Bench-201 ({ablation['dataset'].iloc[0]}), looked up"
