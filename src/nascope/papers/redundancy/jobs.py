"""What the jobs of the surrogate are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nascope.papers.redundancy.settings import OWN, SHIPPED, Redundancy

if TYPE_CHECKING:
    from nascope.workflow.plan import Plan

    RedundancyPlan = Plan[Redundancy]


def users_file(plan: RedundancyPlan) -> list[str]:
    """The user's own architectures, where the configuration names a file."""
    source = plan.section.surrogate.architectures
    return [] if source in (OWN, SHIPPED) else [source]


def architectures_inputs(plan: RedundancyPlan) -> dict[str, list[str]]:
    """What the surrogate learns from: the user's file, or all that were trained as the pattern groups were, or nothing.

    Nothing where that comes with nascope.
    """
    if plan.section.surrogate.architectures != OWN:
        return {"genotypes": [], "trainings": [], "file": users_file(plan)}
    groups = plan.study(plan.section.groups)
    studies = plan.setup(groups.setup.label)
    return {
        "genotypes": [study.genotypes.path for study in studies],
        "trainings": [groups.trainings.path],
        "file": [],
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
