"""Train the networks of one shard, except those that are stored already."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.trainings import CURVES, PLAN
from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.training.protocol import Protocol
    from nascope.training.shards import run_shard
    from nascope.training.store import Store

    prepare_torch(snakemake.threads, device)
    params = snakemake.params
    plan = read_table(snakemake.input.plan, PLAN)
    curves = run_shard(
        plan[plan["shard"] == int(snakemake.wildcards.shard)],
        lambda: load_dataset(params.name, section_of(DatasetSpec, params.dataset)),
        section_of(Protocol, params.protocol),
        Store(Path(params.store), origin),
        device=device,
    )
    write_table(curves, CURVES, snakemake.output.curves, origin)
