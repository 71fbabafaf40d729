"""Train the networks of one shard, those already in the store excepted."""

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

    from nascope.datasets.sources import load_dataset
    from nascope.training.protocol import Protocol
    from nascope.training.shards import Store, run_shard

    prepare_torch(snakemake.threads, device)
    dataset_name, protocol_name = snakemake.wildcards.setup.split(".")
    plan = read_table(snakemake.input.plan, "plan")
    curves = run_shard(
        plan[plan["shard"] == int(snakemake.wildcards.shard)],
        lambda: load_dataset(dataset_name, snakemake.params.dataset),
        Protocol.from_config(protocol_name, snakemake.params.protocol),
        Store(Path(snakemake.params.store), origin),
        device=device,
    )
    write_table(curves, "curves", snakemake.output.curves, origin)
