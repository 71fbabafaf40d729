"""What StacNAS' searches of cells consist of, those for operator features and gradient confusion among them.

What is then measured on the trained networks (features, gradients of mini-batches) is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from nascope.config.section import section_of
from nascope.datasets.spec import DatasetSpec
from nascope.papers.stacnas.jobs import cell_search_job, confusion_job, operators_job
from nascope.papers.stacnas.settings import StacNas
from nascope.search.algorithm import Algorithm
from nascope.search.algorithms import CELL_SEARCH, chosen
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.one_shot.stages import representatives
from nascope.training.plan import network_cost
from nascope.training.protocol import Protocol
from nascope.workflow.cost.timing import SearchStep, TrainingStep
from nascope.workflow.cost.trainings import TWO_INPUT, step_name
from nascope.workflow.cost.work import Work
from nascope.workflow.plan import Plan

_PAPER = "stacnas"


def cell_searches(plan: Plan[StacNas]) -> Iterator[Work]:
    """Searches of two-input cells, by space, algorithm and stage; see :func:`_spaces` for the stages' candidates."""
    options = plan.section.searches
    for space in options.spaces:
        job = cell_search_job(plan, space, 0)
        first, second = _spaces(job)
        for name, how in job["algorithms"].items():
            algorithm, dataset = chosen(CELL_SEARCH, name, how["settings"]), section_of(DatasetSpec, how["dataset"])
            weights, part = section_of(Protocol, how["weights"]), f"{space} {name}"
            stages = [(part, weights, second)]
            if name == "StacNAS":
                later = section_of(Protocol, {**how["weights"], **how["second_weights"]})
                stages = [(f"{part}, stage 1", weights, first), (f"{part}, stage 2", later, second)]
            for number, (title, protocol, candidates) in enumerate(stages, start=1):
                step = SearchStep(protocol, dataset, algorithm, candidates)
                yield Work(_PAPER, title, f"{space}.{name}.{number}", step, len(options.seeds))


def operator_searches(plan: Plan[StacNas]) -> Iterator[Work]:
    """Searches with all operators, whose features are compared."""
    job = operators_job(plan)
    step = SearchStep(
        section_of(Protocol, job["weights"]),
        section_of(DatasetSpec, job["dataset"]),
        _one_level(job["settings"]),
        TwoInputSpace.of(section_of(SpaceSpec, job["space"])),
    )
    yield Work(_PAPER, "operator features", "operators", step, len(job["seeds"]))


def confusion_trainings(plan: Plan[StacNas]) -> Iterator[Work]:
    """Networks whose gradients are compared: searches of both stages at every depth, and the final network.

    The final network is trained for as many epochs as the supernets.
    """
    job, options = confusion_job(plan), plan.section.confusion
    weights, dataset = section_of(Protocol, job["weights"]), section_of(DatasetSpec, job["dataset"])
    first, second = _spaces(job)
    for stage, depths, space in ((1, options.first_cells, first), (2, options.second_cells, second)):
        for cells in depths:
            step = SearchStep(replace(weights, cells=cells), dataset, _one_level({}), space)
            part, timed = f"confusion, stage {stage}, {cells} cells", f"confusion.stage_{stage}.{cells}"
            yield Work(_PAPER, part, timed, step, len(options.seeds))
    final = replace(section_of(Protocol, job["protocol"]), epochs=weights.epochs)
    timed = step_name(options.dataset, options.protocol)
    alone = network_cost(TWO_INPUT, 1) / network_cost(TWO_INPUT, final.replicas)
    step_of_final = TrainingStep(final, dataset, TWO_INPUT)
    yield Work(_PAPER, "confusion, final network", timed, step_of_final, len(options.seeds), alone)


def _spaces(job: Mapping[str, Any]) -> tuple[TwoInputSpace, TwoInputSpace]:
    """What is timed for StacNAS' stages: representatives in stage 1; all candidates in stage 2, which has fewer.

    Measured groups are not known yet: both stages are then timed with all candidates.
    """
    whole = TwoInputSpace.of(section_of(SpaceSpec, job["space"]))
    return whole if job["groups"] == "measured" else representatives(whole, job["groups"]), whole


def _one_level(settings: Mapping[str, Any]) -> Algorithm:
    return chosen(CELL_SEARCH, "one-level", settings)
