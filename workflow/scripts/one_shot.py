"""Search with one one-shot algorithm and some seeds."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.searches import ONE_SHOT as ONE_SHOT_TABLE
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.search.algorithms import ONE_SHOT, chosen
    from nascope.search.one_shot.run import run_one_shot
    from nascope.training.protocol import Protocol

    prepare_torch(snakemake.threads, device)
    asked = snakemake.params.job
    found = run_one_shot(
        load_dataset(asked["dataset_name"], section_of(DatasetSpec, asked["dataset"])),
        chosen(ONE_SHOT, snakemake.wildcards.algorithm, asked["settings"]),
        section_of(Protocol, asked["weights"]),
        nodes=asked["nodes"],
        batch_norms=asked["batch_norms"],
        seeds=asked["seeds"],
        store=Path(snakemake.params.store),
        device=device,
    )
    write_table(found, ONE_SHOT_TABLE, snakemake.output.one_shot, origin)
