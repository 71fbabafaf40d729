"""Running a one-shot algorithm with several seeds in NAS-Bench-201's space."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from nascope.datasets.images import Dataset
from nascope.search.algorithm import Algorithm
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.one_shot.setup import SearchSetup
from nascope.search.one_shot.space_nasbench201 import NasBench201Space
from nascope.training.interrupt import InterruptGuard
from nascope.training.protocol import Protocol


def run_one_shot(
    dataset: Dataset,
    algorithm: Algorithm,
    protocol: Protocol,
    *,
    nodes: int,
    batch_norms: Sequence[str],
    seeds: Sequence[int],
    store: Path,
    device: str = "cpu",
) -> pd.DataFrame:
    """Search with each seed and BatchNorm mode; one search serves all modes where they only decide its evaluations.

    Args:
        dataset: images.
        algorithm: a class of :class:`OneShotSearch`, with settings.
        protocol: protocol of the supernet's weights.
        nodes: nodes of a cell.
        batch_norms: ``running`` estimates (Table 5, block A), ``batch`` statistics (block B), or both.
        seeds: one search each.
        store: directory for checkpoints.
        device: torch device.

    Returns:
        A ``one_shot`` table.

    Raises:
        NascopeError: wrong settings, or a data set or protocol that cannot be searched with.
        Interrupted: a signal came; what is done is in the checkpoints.
    """
    build: type[OneShotSearch] = algorithm.load()
    blocks = [(batch_norm,) for batch_norm in batch_norms] if build.feeds_back else [tuple(batch_norms)]
    parts = []
    with InterruptGuard() as guard:
        for block, seed in itertools.product(blocks, seeds):
            setup = SearchSetup(dataset, protocol, NasBench201Space(nodes), block, seed, device)
            search = build(setup, **algorithm.settings)
            parts.append(search.run(store / f"{'-'.join(block)}.{seed}.checkpoint", guard))
    return pd.concat(parts, ignore_index=True).assign(algorithm=algorithm.name)
