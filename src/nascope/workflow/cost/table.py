"""The ``estimate`` table of a configuration."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from tqdm import tqdm

from nascope.papers.registry import PAPERS, declared
from nascope.workflow.cost.cell_searches import cell_searches, confusion_trainings, operator_searches
from nascope.workflow.cost.one_shot import one_shot_searches
from nascope.workflow.cost.trainings import study_trainings
from nascope.workflow.cost.work import Work
from nascope.workflow.model import Config
from nascope.workflow.names import OTHER
from nascope.workflow.plan import plans


def estimate(config: Config, genotypes: Mapping[str, pd.DataFrame], *, device: str, name: str) -> pd.DataFrame:
    """An ``estimate`` table: trainings and searches by paper, each with the device-hours that it will take.

    Functions that several studies ask for are counted in each.

    Args:
        config: its section ``estimate`` says how many steps are timed, and the time of those that are not to be.
        genotypes: ``genotypes`` tables of the studies that wait for no result; others are counted by their options.
        device: torch device that steps are timed on.
        name: of the device, for the table.
    """
    works = works_of(config, genotypes)
    given = config.estimate.seconds
    steps = {work.timed: work.step for work in works if work.timed not in given}
    measured = {
        timed: step.seconds(device, config.estimate.steps)
        for timed, step in tqdm(steps.items(), desc="timed steps", mininterval=5)
    }
    seconds = {**measured, **given}
    source = {timed: "given" if timed in given else f"measured on {name}" for timed in seconds}
    return pd.DataFrame([_row(work, seconds[work.timed], source[work.timed]) for work in works])


def works_of(config: Config, genotypes: Mapping[str, pd.DataFrame]) -> list[Work]:
    """All that is counted, papers in their order and the user's own studies last; see :func:`estimate`."""
    declared()
    views = plans(config)  # studies are the same in all of them
    works = [
        *study_trainings(views["nasbench201"], genotypes),
        *one_shot_searches(views["nasbench201"]),
        *cell_searches(views["stacnas"]),
        *operator_searches(views["stacnas"]),
        *confusion_trainings(views["stacnas"]),
    ]
    order = [*PAPERS, OTHER]
    return sorted(works, key=lambda work: order.index(work.paper))


def _row(work: Work, seconds: float, source: str) -> dict[str, str | float]:
    return {
        "paper": work.paper,
        "part": work.part,
        "timed": work.timed,
        "networks": work.networks,
        "relative_cost": work.relative,
        "epochs": work.epochs,
        "steps": work.step.per_epoch,
        "seconds": seconds,
        "source": source,
        "hours": work.hours(seconds),
    }
