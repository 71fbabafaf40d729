"""Search with one one-shot algorithm and some seeds."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.errors import NascopeError
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.datasets.sources import load_dataset
    from nascope.search.one_shot.run import run_one_shot

    prepare_torch(snakemake.threads, device)
    params = snakemake.params
    if params.dataset is None:
        raise NascopeError("config: nasbench201.one_shot names a dataset that the config does not define")
    dataset = load_dataset(params.dataset_name, params.dataset)
    how = (params.batch_norms, params.options, params.seeds, Path(params.store))
    found = run_one_shot(dataset, snakemake.wildcards.algorithm, *how, device=device)
    write_table(found, "one_shot", snakemake.output.one_shot, origin)
