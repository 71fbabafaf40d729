"""What the jobs that measure the surroundings of trained weights are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nascope.analysis.geometry import MEASURES
from nascope.hashing import content_hash
from nascope.loading import module_of
from nascope.papers.understanding.settings import Understanding
from nascope.workflow.changes import changed

if TYPE_CHECKING:
    from nascope.workflow.plan import Plan

    UnderstandingPlan = Plan[Understanding]


def measured_studies(plan: UnderstandingPlan) -> dict[str, list[str]]:
    """Studies whose trained weights are looked at, by measure; each is checked to exist."""
    measures = plan.section.geometry.measures
    found = {name: list(getattr(measures, name).studies) for name in ("landscape", "gradients", "sharpness")}
    for name in {study for studies in found.values() for study in studies}:
        plan.study(name)
    followed = [study for study in found["landscape"] if _options(plan, "landscape", study).trajectory]
    return {**found, "trajectories": followed}


def keeps_weights(plan: UnderstandingPlan, study: str) -> bool:
    """Whether a study's trained weights are needed."""
    return any(study in studies for studies in measured_studies(plan).values())


def geometry_job(plan: UnderstandingPlan, measure: str, study: str) -> dict[str, Any]:
    """A measure of a study: its options, and what the study's networks are."""
    geometry, tables = plan.section.geometry, plan.study(study)
    shared = {"seeds": list(geometry.seeds), "reach": geometry.reach, "draw_seed": geometry.draw_seed}
    own = _options(plan, measure, study).given()
    own.pop("studies", None)
    return {
        "options": {**shared, "points": geometry.points, **own},
        "shards": geometry.shards,
        "dataset": tables.dataset.given(),
        "protocol": tables.protocol.given(),
        "trainings": plan.store(tables.setup.label),
    }


def geometry_modules(plan: UnderstandingPlan, measure: str, study: str) -> list[str]:
    """Modules that are loaded by name for a measure: its own, and the one that reads the study's images."""
    return [module_of(MEASURES[measure]), plan.study(study).dataset.reader]


def geometry_store(plan: UnderstandingPlan, measure: str, study: str, code: str) -> str:
    """Directory of a study's finished measurements; other options, trainings or code have another one.

    How many points are computed side by side is a matter of memory and decides no result; nor do other trainings'
    seeds.
    """
    job = geometry_job(plan, measure, study)
    decisive = {key: value for key, value in job["options"].items() if key not in ("points", "seeds")}
    return f"results/store/{measure}/{study}-{content_hash([decisive, job['trainings'], code])}"


def geometry_tables(plan: UnderstandingPlan, measure: str) -> list[str]:
    """All studies' parts of a measure's table."""
    return [part for study in measured_studies(plan)[measure] for part in study_parts(plan, measure, study)]


def study_parts(plan: UnderstandingPlan, measure: str, study: str) -> list[str]:
    """A study's parts of a measure's table."""
    shards = range(plan.section.geometry.shards)
    return [f"results/geometry/{measure}/{study}.{shard}.parquet" for shard in shards]


def geometry_order(plan: UnderstandingPlan, measure: str) -> dict[str, list[str]]:
    """Columns that a measure's table is sorted by, with the order of their values."""
    return {"study": measured_studies(plan)[measure], "key": [], "seed": []}


def _options(plan: UnderstandingPlan, measure: str, study: str) -> Any:  # noqa: ANN401 - the measure's class
    name = "landscape" if measure == "trajectories" else measure
    options = getattr(plan.section.geometry.measures, name)
    own = options.studies[study]
    return changed(options, own, f"config, understanding.geometry.measures.{name}.studies.{study}")


def check(plan: UnderstandingPlan) -> None:
    """Refuse studies and options of measures that do not exist, before anything runs.

    Raises:
        NascopeError: the first one.
    """
    for measure, studies in measured_studies(plan).items():
        for study in studies:
            _options(plan, measure, study)
