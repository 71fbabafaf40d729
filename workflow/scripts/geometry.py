"""Measure the surroundings of the weights of a job's share of a study, what the store holds excepted."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.survey import survey
    from nascope.datasets.sources import load_dataset
    from nascope.training.protocol import Protocol
    from nascope.training.shards import Store

    prepare_torch(snakemake.threads, device)
    params, wildcards = snakemake.params, snakemake.wildcards
    genotypes = read_table(snakemake.input.genotypes, "genotypes").drop_duplicates("key")
    table = survey(
        wildcards.measure,
        genotypes[int(wildcards.job) :: params.jobs],
        read_table(snakemake.input.plan, "plan"),
        Store(Path(params.trainings), origin),
        Store(Path(params.store), origin, wildcards.measure),
        load_dataset(wildcards.study, params.dataset),
        Protocol.from_config(wildcards.study, params.protocol),
        params.options,
        device=device,
    )
    write_table(table, wildcards.measure, snakemake.output.table, origin)
