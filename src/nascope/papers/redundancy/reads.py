"""Options that several figures and claims are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nascope.evidence.sources import table_evidence
from nascope.papers.nasbench201.settings import NasBench201
from nascope.papers.redundancy.settings import OWN, Redundancy
from nascope.schemas.results import (
    DARTS_IMPORTANCE,
    PUBLISHED_IMPORTANCE,
    SURROGATE_PATTERNS,
    SURROGATE_PREDICTIONS,
    SURROGATE_REPLACEMENTS,
    Result,
)

if TYPE_CHECKING:
    from nascope.evidence.kinds import Evidence
    from nascope.workflow.plan import Plan

    RedundancyPlan = Plan[Redundancy]


#: Importances in the DARTS space, and how far they can be trusted.
DARTS: dict[str, Result] = {"genotype_importance": DARTS_IMPORTANCE, "predictions": SURROGATE_PREDICTIONS}
#: The same of published cells.
PUBLISHED: dict[str, Result] = {"genotype_importance": PUBLISHED_IMPORTANCE, "predictions": SURROGATE_PREDICTIONS}
PATTERNS: dict[str, Result] = {"pattern_predictions": SURROGATE_PATTERNS, "predictions": SURROGATE_PREDICTIONS}
REPLACEMENTS: dict[str, Result] = {"replacements": SURROGATE_REPLACEMENTS, "predictions": SURROGATE_PREDICTIONS}


def evidence(plan: RedundancyPlan) -> Evidence:
    """What NAS-Bench-201's table is evidence of."""
    return table_evidence(plan.config.section(NasBench201).table)


def surrogate_evidence(plan: RedundancyPlan) -> Evidence:
    """What the surrogate is evidence of: its architectures were trained by others, or by this run."""
    return "trained here" if plan.section.surrogate.architectures == OWN else "published surrogate"


def fitted(plan: RedundancyPlan) -> dict[str, Any]:
    """What the surrogate is fitted to (:class:`nascope.papers.redundancy.fitted.Fitted`)."""
    trained = plan.study(plan.section.groups).trained
    return {"architectures": plan.section.surrogate.architectures, "trained": trained}


def predicted(plan: RedundancyPlan) -> dict[str, Any]:
    """The surrogate, and the importance from which an operation counts."""
    return {"fitted": fitted(plan), "threshold": plan.section.importance.threshold}


def chosen(plan: RedundancyPlan) -> dict[str, Any]:
    """How the surrogate's best and worst genotypes are chosen (:class:`nascope.papers.redundancy.fitted.Chosen`)."""
    surrogate = plan.section.surrogate
    return {"fitted": fitted(plan), "population": surrogate.population, "fraction": surrogate.fraction}


def published_table(plan: RedundancyPlan) -> dict[str, Any]:
    """Where NAS-Bench-201's table comes from."""
    return {"table": plan.config.section(NasBench201).table}


def looked_up(plan: RedundancyPlan) -> dict[str, Any]:
    """The same, and the share of its cells that count as top and as bottom."""
    return {**published_table(plan), "fraction": plan.section.importance.fraction}


def compared(plan: RedundancyPlan, *kinds: str) -> dict[str, Result | list[Result]]:
    """Tables of the pattern-constrained samples and of the published cells, which need one data set and protocol."""
    names = [plan.section.groups, plan.section.published]
    plan.alike(names)
    return plan.tables(names, *kinds)
