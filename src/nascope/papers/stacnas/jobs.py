"""What the jobs of StacNAS' stages are given."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from nascope.datasets.spec import DatasetSpec
from nascope.errors import known
from nascope.hashing import content_hash
from nascope.loading import module_of
from nascope.papers.stacnas.settings import CellAlgorithm, StacNas
from nascope.schemas.results import CLUSTERS
from nascope.search.algorithms import CELL_SEARCH
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.training.numerics import NUMERICS
from nascope.workflow.algorithms import settings_of
from nascope.workflow.changes import changed

if TYPE_CHECKING:
    from nascope.workflow.plan import Plan

    StacNasPlan = Plan[StacNas]

_ONE_LEVEL = "one-level"


def measured_groups(plan: StacNasPlan) -> list[str]:
    """Table of our own operator groups, where the configuration asks for them."""
    return [CLUSTERS.path] if plan.section.searches.groups == "measured" else []


def operators_job(plan: StacNasPlan) -> dict[str, Any]:
    """Supernets with all operators of a space, whose features are correlated."""
    options, place = plan.section.operators, "stacnas.operators"
    return {
        "dataset_name": options.dataset,
        "dataset": _dataset(plan, options.dataset, f"{place}.dataset").given(),
        "space_name": options.space,
        "space": _space(plan, options.space, f"{place}.space").given(),
        "weights": options.weights.given(),
        "settings": settings_of(CELL_SEARCH, _ONE_LEVEL, options.settings, f"{place}.settings"),
        "numerics": NUMERICS,
        "seeds": list(options.seeds),
        "images": options.images,
        "groups": options.groups,
    }


def confusion_job(plan: StacNasPlan) -> dict[str, Any]:
    """Search networks of several depths and the final network, whose gradients are compared."""
    options, place = plan.section.confusion, "stacnas.confusion"
    protocol = known(plan.config.protocols, options.protocol, "protocols", f"{place}.protocol")
    return {
        "dataset_name": options.dataset,
        "dataset": _dataset(plan, options.dataset, f"{place}.dataset").given(),
        "space_name": options.space,
        "space": _space(plan, options.space, f"{place}.space").given(),
        "protocol": protocol.given(),
        "weights": options.weights.given(),
        "groups": _groups(plan),
        "numerics": NUMERICS,
        "first_cells": list(options.first_cells),
        "second_cells": list(options.second_cells),
        "batches": options.batches,
        "batch_size": options.batch_size,
        "seeds": list(options.seeds),
    }


def cell_search_job(plan: StacNasPlan, space: str, shard: int) -> dict[str, Any]:
    """A shard's searches of a space: pairs of algorithm and seed, and what each algorithm is."""
    options = plan.section.searches
    pairs = [list(pair) for pair in product(options.algorithms, options.seeds)]
    return {
        "space": _space(plan, space, "stacnas.searches.spaces").given(),
        "groups": _groups(plan),
        "algorithms": {name: _algorithm(plan, name, own) for name, own in options.algorithms.items()},
        "pairs": pairs[shard :: options.shards],
    }


def _algorithm(plan: StacNasPlan, name: str, own: CellAlgorithm) -> dict[str, Any]:
    options, place = plan.section.searches, f"stacnas.searches.algorithms.{name}"
    weights = changed(options.weights, own.weights, f"config, {place}.weights")
    second = changed(weights, own.second_weights, f"config, {place}.second_weights")
    dataset = own.dataset or options.dataset
    return {
        "dataset_name": dataset,
        "dataset": _dataset(plan, dataset, f"{place}.dataset").given(),
        "weights": weights.given(),
        "second_weights": {key: getattr(second, key) for key in own.second_weights},
        "settings": settings_of(CELL_SEARCH, name, own.settings, "stacnas.searches.algorithms"),
        "part": CELL_SEARCH[name],
        "numerics": NUMERICS,
    }


def cell_search_modules(plan: StacNasPlan, algorithm: str) -> list[str]:
    """Modules that are loaded by name for an algorithm: its own, and the one that reads its images."""
    options = plan.section.searches
    dataset = plan.config.datasets[options.algorithms[algorithm].dataset or options.dataset]
    return [module_of(CELL_SEARCH[algorithm]), dataset.reader]


def all_modules(plan: StacNasPlan) -> set[str]:
    """Modules that are loaded by name for any search of cells of the configuration."""
    return {module for name in plan.section.searches.algorithms for module in cell_search_modules(plan, name)}


def cell_search_stores(plan: StacNasPlan, space: str, codes: Mapping[str, str]) -> dict[str, str]:
    """Directory of each algorithm's checkpoints; other options, images, groups or code of its own have another one.

    Measured groups are known when the job runs: it adds them to the checkpoints' names.

    Args:
        plan: of the paper.
        space: that is searched.
        codes: versions of code by algorithm.
    """
    job, stores = cell_search_job(plan, space, 0), {}
    for name, how in job["algorithms"].items():
        decisive = {**how, "dataset": plan.config.datasets[how["dataset_name"]].content()}
        key = content_hash([job["space"], decisive, job["groups"], codes[name]])
        stores[name] = f"results/store/cell_searches/{space}.{name}-{key}"
    return stores


def stage_store(plan: StacNasPlan, stage: str, job: dict[str, Any], code: str) -> str:
    """Directory of the checkpoints of operators or confusion; other options, images or code have another one."""
    content = plan.config.datasets[job["dataset_name"]].content()
    return f"results/store/{stage}/{content_hash([{**job, 'dataset': content}, code])}"


def cell_search_tables(plan: StacNasPlan, part: str) -> list[str]:
    """One table of cells or alphas per space and shard."""
    options = plan.section.searches
    shards = range(min(options.shards, len(options.algorithms) * len(options.seeds)))
    return [f"results/cell_searches/{space}.{shard}.{part}.parquet" for space in options.spaces for shard in shards]


def cell_search_order(plan: StacNasPlan) -> dict[str, list[str]]:
    """Columns that tables of searches of all spaces are sorted by, with the order of their values."""
    options = plan.section.searches
    return {"space": list(options.spaces), "algorithm": list(options.algorithms), "seed": []}


def searched_datasets(plan: StacNasPlan) -> list[DatasetSpec]:
    """Data sets that searches of cells read."""
    options = plan.section.searches
    names = {own.dataset or options.dataset for own in options.algorithms.values()}
    return [_dataset(plan, name, "stacnas.searches") for name in sorted(names)]


def _groups(plan: StacNasPlan) -> Any:  # noqa: ANN401 - the word "measured", or a dictionary
    groups = plan.section.searches.groups
    return groups if groups == "measured" else {name: list(members) for name, members in groups.items()}


def _dataset(plan: StacNasPlan, name: str, place: str) -> DatasetSpec:
    return known(plan.config.datasets, name, "datasets", place)


def _space(plan: StacNasPlan, name: str, place: str) -> SpaceSpec:
    return known(plan.config.search_spaces, name, "search_spaces", place)


def check(plan: StacNasPlan) -> None:
    """Refuse names and settings of searches that do not exist, before anything runs.

    Raises:
        NascopeError: the first one.
    """
    operators_job(plan)
    confusion_job(plan)
    for space in plan.section.searches.spaces:
        cell_search_job(plan, space, 0)
