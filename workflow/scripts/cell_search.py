"""Search a space of two-input cells: a shard's pairs of algorithm and seed."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.schemas.operators import OPERATOR_GROUPS
from nascope.schemas.searches import CELL_SEARCHES, SEARCH_ALPHAS
from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.operator_groups import members_of
    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.hashing import content_hash
    from nascope.search.algorithms import CELL_SEARCH, chosen
    from nascope.search.one_shot.cells import run_cell_search
    from nascope.search.one_shot.space_spec import SpaceSpec
    from nascope.search.one_shot.space_two_input import TwoInputSpace
    from nascope.search.one_shot.stages import TwoStages
    from nascope.training.protocol import Protocol

    prepare_torch(snakemake.threads, device)
    asked, stores = snakemake.params.job, snakemake.params.stores
    groups = asked["groups"]
    if groups == "measured":
        groups = members_of(read_table(snakemake.input.groups[0], OPERATOR_GROUPS))
        stores = {name: f"{store}/{content_hash(groups)}" for name, store in stores.items()}
    space = TwoInputSpace.of(section_of(SpaceSpec, asked["space"]))
    loaded = cache(load_dataset)

    parts = []
    for name, seed in asked["pairs"]:
        how = asked["algorithms"][name]
        second = section_of(Protocol, {**how["weights"], **how["second_weights"]})
        parts.append(
            run_cell_search(
                loaded(how["dataset_name"], section_of(DatasetSpec, how["dataset"])),
                space,
                chosen(CELL_SEARCH, name, how["settings"]),
                section_of(Protocol, how["weights"]),
                stages=TwoStages(groups, second) if name == "StacNAS" else None,
                seeds=[seed],
                store=Path(stores[name]),
                device=device,
            )
        )
    searches, alphas = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    where = {"space": snakemake.wildcards.space}
    write_table(searches.assign(**where), CELL_SEARCHES, snakemake.output.searches, origin)
    write_table(alphas.assign(**where), SEARCH_ALPHAS, snakemake.output.alphas, origin)
