"""Searches in spaces of two-input cells, in one stage or in two (StacNAS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nascope.datasets.images import Dataset
from nascope.errors import NascopeError
from nascope.search.algorithm import Algorithm
from nascope.search.one_shot.alphas import AlphaSearch
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.one_shot.stages import TwoStages, representatives, winners
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol

_TRACES = ["seed", "epoch", "cell_type", "edge", "candidate", "operator", "alpha"]


def run_cell_search(
    dataset: Dataset,
    space: TwoInputSpace,
    algorithm: Algorithm,
    protocol: Protocol,
    *,
    stages: TwoStages | None = None,
    seeds: Sequence[int],
    store: Path,
    device: str = "cpu",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Search a space with each seed.

    Args:
        dataset: images.
        space: what is searched.
        algorithm: a class of :class:`OneShotSearch`, with settings.
        protocol: protocol of the supernet's weights.
        stages: search in two stages, as StacNAS does (None: in one).
        seeds: one search each.
        store: directory for checkpoints.
        device: torch device.

    Returns:
        ``cell_searches`` and ``search_alphas`` tables, without the space's name.

    Raises:
        NascopeError: wrong settings, a data set or protocol that cannot be searched with, or a primitive without a
            group.
        Interrupted: a signal came; what is done is in the checkpoints.
    """
    build: type[OneShotSearch] = algorithm.load()

    def search(setup: SearchSetup, stage: int) -> OneShotSearch:
        one = build(setup, **algorithm.settings)
        one.run(store / f"{stage}.{setup.seed}.checkpoint", guard)
        return one

    found, alphas = [], []
    with InterruptGuard() as guard:
        for seed in seeds:
            setup = SearchSetup(dataset, protocol, space, ("batch",), seed, device)
            if stages is None:
                done = [search(setup, 1)]
            else:
                first = search(replace(setup, space=representatives(space, stages.groups)), 1)
                if not isinstance(first, AlphaSearch):
                    raise NascopeError(f"{algorithm.name} has no architecture parameters, so it has no second stage")
                members = winners(space, first, stages.groups)
                done = [first, search(replace(setup, space=members, protocol=stages.second), 2)]
            for stage, one in enumerate(done, start=1):
                found.append(pd.DataFrame(one.rows).assign(stage=stage))
                alphas.append(pd.DataFrame(one.traces, columns=_TRACES).assign(stage=stage))
    tables = [pd.concat(parts, ignore_index=True).assign(algorithm=algorithm.name) for parts in (found, alphas)]
    return tables[0], tables[1]
