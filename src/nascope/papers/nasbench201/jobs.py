"""What the jobs of NAS-Bench-201's stages are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nascope.errors import NascopeError, known
from nascope.evidence.sources import SHIPPED
from nascope.hashing import content_hash
from nascope.loading import module_of
from nascope.oracles.formats import is_official
from nascope.papers.nasbench201.reads import PUBLISHED
from nascope.papers.nasbench201.settings import NasBench201, OwnSearches, Searches
from nascope.schemas.results import NASBENCH201
from nascope.search.algorithms import ONE_SHOT, SAMPLE_BASED
from nascope.training.numerics import NUMERICS
from nascope.workflow.algorithms import settings_of
from nascope.workflow.changes import changed

if TYPE_CHECKING:
    from nascope.workflow.plan import Plan

    NasBench201Plan = Plan[NasBench201]


def users_table(plan: NasBench201Plan) -> list[str]:
    """The user's own NAS-Bench-201 table, where the configuration names one."""
    table = plan.section.table
    return [] if table == SHIPPED else [table]


def own_space_job(plan: NasBench201Plan) -> dict[str, Any]:
    """Our own table: names and shape of what was trained."""
    study = plan.study(plan.section.own_space)
    protocol = study.protocol
    return {
        "dataset": study.entry.dataset,
        "images": study.dataset.given(),
        "channels": protocol.channels,
        "cells": protocol.cells,
        "epochs": protocol.epochs,
    }


def searched_table(table: str) -> dict[str, str]:
    """What sample-based searches look up: schedules of the published table, epochs of our own."""
    if table == "nasbench201":
        return {"benchmark": NASBENCH201.path}
    return {"histories": "results/benchmark/own_space.histories.parquet"}


def searches_job(plan: NasBench201Plan, table: str) -> dict[str, Any]:
    """Sample-based searches on the published table (``nasbench201``) or on our own (``own_space``)."""
    section = plan.section
    options: Searches | OwnSearches
    if table == "nasbench201":
        options, place = section.searches, "nasbench201.searches"
        what = (section.searches.dataset, section.searches.epochs, section.searches.budget_seconds)
        sweeps = section.searches.sweeps
    else:
        options, place, study = section.own_searches, "nasbench201.own_searches", plan.study(section.own_space)
        what = (study.entry.dataset, study.protocol.epochs, section.own_searches.budget_epochs)
        sweeps = {}
    algorithms = {
        name: settings_of(SAMPLE_BASED, name, settings, f"{place}.algorithms")
        for name, settings in options.algorithms.items()
    }
    compared = {name: _compared(name, swept, f"{place}.sweeps") for name, swept in sweeps.items()}
    dataset, epochs, budget = what
    return {
        "dataset": dataset,
        "epochs": epochs,
        "budget": budget,
        "runs": options.runs,
        "seed": options.seed,
        "algorithms": algorithms,
        # An algorithm's place decides its random numbers.
        "parts": {
            name: [SAMPLE_BASED[name], list(SAMPLE_BASED).index(name)] for name in sorted({*algorithms, *compared})
        },
        "sweeps": compared,
    }


def _compared(name: str, sweeps: Mapping[str, Sequence[Any]], place: str) -> dict[str, list[Any]]:
    """Values of an algorithm's settings that are compared, by setting."""
    return {
        setting: [settings_of(SAMPLE_BASED, name, {setting: value}, place)[setting] for value in values]
        for setting, values in sweeps.items()
    }


def searches_modules(plan: NasBench201Plan, table: str) -> list[str]:
    """Modules of the algorithms that search a table."""
    job = searches_job(plan, table)
    return sorted({module_of(SAMPLE_BASED[name]) for name in {*job["algorithms"], *job["sweeps"]}})


def one_shot_job(plan: NasBench201Plan, algorithm: str, shard: int = 0) -> dict[str, Any]:
    """Some seeds of a one-shot algorithm."""
    options, place = plan.section.one_shot, "nasbench201.one_shot"
    dataset = known(plan.config.datasets, options.dataset, "datasets", f"{place}.dataset")
    own = options.algorithms[algorithm]
    settings = settings_of(ONE_SHOT, algorithm, own.settings, f"{place}.algorithms")
    weights = changed(options.weights, own.weights, f"config, {place}.algorithms.{algorithm}.weights")
    return {
        "dataset_name": options.dataset,
        "dataset": dataset.given(),
        "part": ONE_SHOT[algorithm],
        "numerics": NUMERICS,
        "nodes": options.nodes,
        "weights": weights.given(),
        "settings": settings,
        "batch_norms": list(options.batch_norm),
        "seeds": list(options.seeds[shard :: options.shards]),
    }


def one_shot_modules(plan: NasBench201Plan, algorithm: str) -> list[str]:
    """Modules that are loaded by name for a one-shot algorithm: its own, and the one that reads its images."""
    return [module_of(ONE_SHOT[algorithm]), plan.config.datasets[plan.section.one_shot.dataset].reader]


def all_modules(plan: NasBench201Plan) -> set[str]:
    """Modules that are loaded by name for any one-shot algorithm of the configuration."""
    return {module for name in plan.section.one_shot.algorithms for module in one_shot_modules(plan, name)}


def one_shot_store(plan: NasBench201Plan, algorithm: str, code: str) -> str:
    """Directory of an algorithm's checkpoints; other options, images or code have another one."""
    job = one_shot_job(plan, algorithm)
    content = plan.config.datasets[job["dataset_name"]].content()
    decisive = {
        key: value for key, value in job.items() if key not in ("dataset", "dataset_name", "seeds", "batch_norms")
    }
    key = content_hash([decisive, content, code])
    return f"results/store/one_shot/{algorithm}-{key}"


def one_shot_tables(plan: NasBench201Plan) -> list[str]:
    """One table per algorithm and shard."""
    options = plan.section.one_shot
    shards = range(min(options.shards, len(options.seeds)))
    return [f"results/one_shot/{algorithm}.{shard}.parquet" for algorithm in options.algorithms for shard in shards]


def one_shot_order(plan: NasBench201Plan) -> dict[str, list[str]]:
    """Columns that the table of all one-shot searches is sorted by, with the order of their values."""
    return {"algorithm": list(plan.section.one_shot.algorithms), "seed": []}


def check(plan: NasBench201Plan) -> None:
    """Refuse names and settings of searches that do not exist, and curves that a table lacks, before anything runs.

    Raises:
        NascopeError: the first one.
    """
    section = plan.section
    if section.histories == PUBLISHED and section.table != SHIPPED and not is_official(section.table):
        raise NascopeError(
            f"config, nasbench201.histories: {section.table} has no curves to be 'published'; use 'own', or the path "
            "of a table of curves"
        )
    for table in ("nasbench201", "own_space"):
        searches_job(plan, table)
    for algorithm in plan.section.one_shot.algorithms:
        one_shot_job(plan, algorithm)
