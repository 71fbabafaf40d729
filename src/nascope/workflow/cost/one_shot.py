"""What the one-shot searches of NAS-Bench-201 consist of."""

from __future__ import annotations

from collections.abc import Iterator

from nascope.config.section import section_of
from nascope.datasets.spec import DatasetSpec
from nascope.papers.nasbench201.jobs import one_shot_job
from nascope.papers.nasbench201.settings import NasBench201
from nascope.search.algorithms import ONE_SHOT, chosen
from nascope.search.one_shot.space_nasbench201 import NasBench201Space
from nascope.training.protocol import Protocol
from nascope.workflow.cost.timing import SearchStep
from nascope.workflow.cost.work import Work
from nascope.workflow.plan import Plan


def one_shot_searches(plan: Plan[NasBench201]) -> Iterator[Work]:
    """One-shot searches by algorithm; one that learns from evaluations searches once for each BatchNorm mode."""
    options = plan.section.one_shot
    for name in options.algorithms:
        job = one_shot_job(plan, name)
        algorithm = chosen(ONE_SHOT, name, job["settings"])
        step = SearchStep(
            section_of(Protocol, job["weights"]),
            section_of(DatasetSpec, job["dataset"]),
            algorithm,
            NasBench201Space(job["nodes"]),
        )
        modes = len(options.batch_norm) if algorithm.load().feeds_back else 1
        yield Work("nasbench201", name, f"one_shot.{name}", step, len(options.seeds) * modes)
