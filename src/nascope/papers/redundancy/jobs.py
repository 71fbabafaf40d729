"""What the jobs of the surrogate are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nascope.papers.redundancy.settings import Redundancy

if TYPE_CHECKING:
    from nascope.workflow.plan import Plan

    RedundancyPlan = Plan[Redundancy]


def users_archive(plan: RedundancyPlan) -> list[str]:
    """NAS-Bench-301's archive, where the configuration names one."""
    archive = plan.section.surrogate.architectures
    return [] if archive == "own" else [archive]


def architectures_inputs(plan: RedundancyPlan) -> dict[str, list[str]]:
    """All that were trained as the pattern groups were, which the surrogate learns from; or an archive."""
    if users_archive(plan):
        return {"genotypes": [], "trainings": [], "archive": users_archive(plan)}
    groups = plan.study(plan.section.groups)
    studies = plan.setup(groups.setup.label)
    return {
        "genotypes": [study.genotypes.path for study in studies],
        "trainings": [groups.trainings.path],
        "archive": [],
    }


def architectures_job(plan: RedundancyPlan) -> dict[str, Any]:
    """Names and schedule of these trainings."""
    groups = plan.study(plan.section.groups)
    return {"dataset": groups.entry.dataset, "epochs": groups.protocol.epochs}


def motifs_job(plan: RedundancyPlan) -> dict[str, Any]:
    """How frequent subgraphs are mined."""
    motifs = plan.section.motifs
    return {
        "threshold": plan.section.importance.threshold,
        "support": motifs.support,
        "fewest": motifs.fewest,
        "draws": motifs.draws,
        "seed": motifs.seed,
    }


def check(plan: RedundancyPlan) -> None:
    """Refuse samples and published cells that are compared and were trained differently.

    Raises:
        NascopeError: they have several data sets or protocols.
    """
    plan.alike([plan.section.groups, plan.section.published])
