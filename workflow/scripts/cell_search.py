"""Search a space of two-input cells with several algorithms and seeds."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import named, prepare_torch

    from nascope.analysis.confusion import members_of
    from nascope.datasets.sources import load_dataset
    from nascope.search.one_shot.cells import run_cell_search
    from nascope.search.one_shot.spaces import CellSpace

    prepare_torch(snakemake.threads, device)
    params, options, name = snakemake.params, snakemake.params.options, snakemake.wildcards.space
    measured = [read_table(path, "operator_groups") for path in snakemake.input.groups]
    groups = members_of(measured[0]) if measured else options["groups"]
    space, parts = CellSpace.from_config(name, options["space"]), []
    datasets = {}
    for algorithm, seed in options["pairs"]:
        how = {**options["algorithms"][algorithm], "groups": groups}
        name_of = how["dataset"]
        if name_of not in datasets:
            datasets[name_of] = load_dataset(name_of, named(how["images"], f"the data set of {algorithm}"))
        dataset = datasets[name_of]
        store = Path(params.store) / algorithm
        parts.append(run_cell_search(dataset, space, algorithm, how, [seed], store, device=device))
    searches, alphas = (pd.concat(tables, ignore_index=True).assign(space=name) for tables in zip(*parts, strict=True))
    write_table(searches, "cell_searches", snakemake.output.searches, origin)
    write_table(alphas, "search_alphas", snakemake.output.alphas, origin)
