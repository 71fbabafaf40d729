"""Tables and options that several figures and claims of NAS-Bench-201 are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nascope.evidence.sources import table_evidence
from nascope.schemas.results import (
    NASBENCH201,
    NASBENCH201_RANKS,
    NASBENCH201_SEARCHES,
    ONE_SHOT_SEARCHES,
    OWN_RANKS,
    OWN_SPACE,
    USERS_RANKS,
    Result,
)

if TYPE_CHECKING:
    from nascope.evidence.kinds import Evidence
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan

    NasBench201Plan = Plan[NasBench201]

#: Word of the configuration for curves of our own table.
OWN = "own"
#: Word of the configuration for curves of the published table.
PUBLISHED = "published"


def evidence(plan: NasBench201Plan) -> Evidence:
    """What the published table is evidence of."""
    return table_evidence(plan.section.table)


def table_name(plan: NasBench201Plan) -> dict[str, Any]:
    """Where the published table comes from."""
    return {"table": plan.section.table}


def searches(plan: NasBench201Plan) -> dict[str, Result]:
    """The published table and what was found in it."""
    return {"benchmark": NASBENCH201, "found": NASBENCH201_SEARCHES}


def search_options(plan: NasBench201Plan) -> dict[str, Any]:
    """How the published table was searched."""
    return {"settings": plan.section.searches, **table_name(plan)}


def one_shot(plan: NasBench201Plan) -> dict[str, Result]:
    """One-shot searches and the table that scores their cells."""
    scores = NASBENCH201 if plan.section.one_shot.oracle == "published" else OWN_SPACE
    return {"found": ONE_SHOT_SEARCHES, "benchmark": scores}


def one_shot_beside(plan: NasBench201Plan) -> dict[str, Result]:
    """The same, and the published table, in which Table 5's values have their places."""
    return {**one_shot(plan), "published": NASBENCH201}


def one_shot_options(plan: NasBench201Plan) -> dict[str, Any]:
    """How supernets were searched."""
    return {"settings": plan.section.one_shot, **table_name(plan)}


def ranked(plan: NasBench201Plan) -> dict[str, Result]:
    """Curves whose ranks are followed over epochs, and the table of the same cells' final scores."""
    source = plan.section.histories
    histories = {OWN: OWN_RANKS, PUBLISHED: NASBENCH201_RANKS}.get(source, USERS_RANKS)
    return {"histories": histories, "benchmark": OWN_SPACE if source == OWN else NASBENCH201}


def ranked_dataset(plan: NasBench201Plan) -> str:
    """Data set of these curves."""
    section = plan.section
    return plan.study(section.own_space).entry.dataset if section.histories == OWN else "cifar10-valid"
