"""What the studies' trainings consist of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from nascope.papers.stacnas.settings import StacNas
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.published import published_cell
from nascope.spaces.removal import ORDERS
from nascope.spaces.stored import stored_genotype
from nascope.training.plan import network_cost, plan_trainings
from nascope.workflow.cost.timing import TrainingStep
from nascope.workflow.cost.work import Work
from nascope.workflow.model import Config
from nascope.workflow.names import papers_of
from nascope.workflow.plan import Plan, StudyTables

#: Genotypes whose steps are timed, of two-input cells and of NAS-Bench-201 cells.
TWO_INPUT = str(published_cell("DARTS_V2").genotype)
_NASBENCH201 = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"


def study_trainings(plan: Plan[Any], genotypes: Mapping[str, pd.DataFrame]) -> Iterator[Work]:
    """The trainings of each study, once for every paper that names it.

    Args:
        plan: of any paper.
        genotypes: ``genotypes`` tables of the studies that wait for no result; others are counted by their options.
    """
    for study in plan.studies(list(plan.config.studies)):
        genotype, networks, cost = _counted(study, plan.config, genotypes.get(study.name))
        step = TrainingStep(study.protocol, study.dataset, genotype)
        timed = step_name(study.entry.dataset, study.entry.protocol)
        relative = cost / network_cost(genotype, study.protocol.replicas)
        for paper in papers_of(plan.config, study.name):
            yield Work(paper, study.name, timed, step, networks, relative)


def step_name(dataset: str, protocol: str) -> str:
    """Name of the training step with a data set and a protocol."""
    return f"{dataset}.{protocol}"


def _counted(study: StudyTables, config: Config, genotypes: pd.DataFrame | None) -> tuple[str, int, float]:
    """The genotype that is timed for a study, the number of its networks, and their mean cost."""
    if genotypes is None:
        return TWO_INPUT, _asked_for(study, config), network_cost(TWO_INPUT, 1)
    networks = plan_trainings(genotypes, study.protocol.replicas, 1)
    is_nasbench201 = isinstance(stored_genotype(networks["representative"][0]), NasBench201Cell)
    return _NASBENCH201 if is_nasbench201 else TWO_INPUT, len(networks), networks["cost"].mean()


def _asked_for(study: StudyTables, config: Config) -> int:
    """Networks of a study that is drawn from results, by its options; functions that turn out equal are counted twice.

    0 for kinds whose options do not say it.
    """
    options, searches = study.entry.options, config.section(StacNas).searches
    match study.entry.kind:
        case "successive_removal":
            per_cell = 1 + len(ORDERS) * len(options["steps"])
            return int(options["cells"]) * per_cell * len(options["seeds"])
        case "found_cells":
            return len(searches.spaces) * len(searches.algorithms) * len(searches.seeds)
    return 0
