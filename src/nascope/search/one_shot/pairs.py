"""Searches of one space with several algorithms and seeds, as a job asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from nascope.config.section import section_of
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.search.algorithms import CELL_SEARCH, chosen
from nascope.search.one_shot.cells import run_cell_search
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.search.one_shot.stages import TwoStages
from nascope.training.protocol import Protocol


def run_pairs(
    job: Mapping[str, Any], groups: Mapping[str, Sequence[str]], stores: Mapping[str, str], *, device: str = "cpu"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run each pair of algorithm and seed.

    Args:
        job: plain values: ``space``, ``pairs``, and for each of ``algorithms`` its ``dataset``, ``weights``,
            ``second_weights`` and ``settings``.
        groups: operator groups of two-stage search, members by representative.
        stores: directory of each algorithm's checkpoints.
        device: torch device.

    Returns:
        ``cell_searches`` and ``search_alphas`` tables, but for the space's name.

    Raises:
        NascopeError: wrong settings, or a data set or protocol that cannot be searched with.
        Interrupted: a signal came; what is done is in the checkpoints.
    """
    space, loaded = TwoInputSpace.of(section_of(SpaceSpec, job["space"])), cache(load_dataset)
    parts = []
    for name, seed in job["pairs"]:
        how = job["algorithms"][name]
        second = section_of(Protocol, {**how["weights"], **how["second_weights"]})
        found = run_cell_search(
            loaded(how["dataset_name"], section_of(DatasetSpec, how["dataset"])),
            space,
            chosen(CELL_SEARCH, name, how["settings"]),
            section_of(Protocol, how["weights"]),
            stages=TwoStages(groups, second) if name == "StacNAS" else None,
            seeds=[seed],
            store=Path(stores[name]),
            device=device,
        )
        parts.append(found)
    searches, alphas = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    return searches, alphas
