"""Correlation and clusters of operators in trained supernets (Li et al. 2021, StacNAS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nascope.analysis.clustering import hierarchical_groups, kmeans_groups, projected
from nascope.analysis.features import GramAccumulator, accumulate_features
from nascope.analysis.kept import keep, read_kept
from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.schemas.operators import OPERATOR_FEATURES, OPERATOR_GROUPS
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.settings import check_settings
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol


class OperatorTables(NamedTuple):
    """``operator_features`` and ``operator_groups`` tables."""

    features: pd.DataFrame
    groups: pd.DataFrame


def measure_operators(
    dataset: Dataset,
    space: TwoInputSpace,
    protocol: Protocol,
    *,
    settings: Mapping[str, Any],
    seeds: Sequence[int],
    images: int,
    groups: int,
    store: Path,
    device: str = "cpu",
) -> OperatorTables:
    """Search a space by one-level optimisation with each seed, and compare the operators of the trained supernets.

    Args:
        dataset: images; all training images serve weights and architecture alike.
        space: what is searched; every edge has the same candidates.
        protocol: protocol of the supernet's weights.
        settings: settings of :class:`OneLevel`.
        seeds: one search each.
        images: how many training images the operators are compared on.
        groups: number of operator groups.
        store: directory for checkpoints and for the tables of finished seeds.
        device: torch device.

    Raises:
        NascopeError: edges have different candidates, or a setting is wrong.
        Interrupted: a signal came; finished seeds and the state of the running search are in the store.
    """
    if len(set(space.choices)) > 1:
        raise NascopeError("operators are compared on edges with the same candidates: give the space's primitives")
    check_settings("one-level", "nascope.search.one_shot.one_level:OneLevel", settings)
    operators = [name for name in space.choices[0] if name != "none"]
    parts = []
    with InterruptGuard() as guard:
        for seed in seeds:
            kept = _kept(store, seed)
            if kept is None:
                search = OneLevel(SearchSetup(dataset, protocol, space, ("batch",), seed, device), **settings)
                search.run(store / f"{seed}.checkpoint", guard)
                kept = _keep(store, operator_tables(accumulate_features(search, images), operators, seed, groups), seed)
            parts.append(kept)
    features, members = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    return OperatorTables(features, members)


def _kept(store: Path, seed: int) -> OperatorTables | None:
    features = read_kept(_path(store, seed, "features"), OPERATOR_FEATURES)
    groups = read_kept(_path(store, seed, "groups"), OPERATOR_GROUPS)
    return None if features is None or groups is None else OperatorTables(features, groups)


def _keep(store: Path, tables: OperatorTables, seed: int) -> OperatorTables:
    features = keep(tables.features, _path(store, seed, "features"), OPERATOR_FEATURES)
    return OperatorTables(features, keep(tables.groups, _path(store, seed, "groups"), OPERATOR_GROUPS))


def _path(store: Path, seed: int, table: str) -> Path:
    return store / f"{seed}.{table}.parquet"


def operator_tables(
    measured: Mapping[tuple[int, int], GramAccumulator], operators: Sequence[str], seed: int, groups: int
) -> OperatorTables:
    """Tables of one seed's measured features.

    Clusters are given for every probed edge by both methods, and for the correlations averaged over edges.

    Args:
        measured: accumulators by (cell, edge), as :func:`accumulate_features` gives them.
        operators: names of the operators.
        seed: seed of the search.
        groups: number of operator groups.
    """
    correlations = {place: accumulator.correlation() for place, accumulator in measured.items()}
    members = []
    for (cell, edge), correlation in correlations.items():
        means = measured[cell, edge].means()
        places = projected(means)
        members += [
            _group_rows("hierarchical", seed, cell, edge, operators, hierarchical_groups(correlation, groups), places),
            _group_rows("kmeans", seed, cell, edge, operators, kmeans_groups(means, groups), places),
        ]
    average = hierarchical_groups(np.mean(list(correlations.values()), axis=0), groups)
    nowhere = np.full((len(operators), 2), np.nan)
    members.append(_group_rows("hierarchical", seed, -1, -1, operators, average, nowhere))
    rows = [
        {
            "seed": seed,
            "cell": cell,
            "edge": edge,
            "first": first,
            "second": second,
            "correlation": correlation[i, j],
            "images": measured[cell, edge].images,
        }
        for (cell, edge), correlation in correlations.items()
        for i, first in enumerate(operators)
        for j, second in enumerate(operators)
    ]
    return OperatorTables(pd.DataFrame(rows), pd.concat(members, ignore_index=True))


def _group_rows(
    method: str, seed: int, cell: int, edge: int, operators: Sequence[str], labels: np.ndarray, places: np.ndarray
) -> pd.DataFrame:
    columns = {"operator": operators, "group": labels, "x": places[:, 0], "y": places[:, 1]}
    found = pd.DataFrame(columns).assign(method=method, seed=seed, cell=cell, edge=edge)
    return found[["method", "seed", "cell", "edge", "operator", "group", "x", "y"]]
