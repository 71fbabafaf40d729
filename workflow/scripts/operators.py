"""Train supernets with all operators of a space and correlate the operators' feature maps."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.operators import OPERATOR_FEATURES, OPERATOR_GROUPS
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.operators import measure_operators
    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.search.one_shot.space_spec import SpaceSpec
    from nascope.search.one_shot.space_two_input import TwoInputSpace
    from nascope.training.protocol import Protocol

    prepare_torch(snakemake.threads, device)
    asked = snakemake.params.job
    found = measure_operators(
        load_dataset(asked["dataset_name"], section_of(DatasetSpec, asked["dataset"])),
        TwoInputSpace.of(section_of(SpaceSpec, asked["space"])),
        section_of(Protocol, asked["weights"]),
        settings=asked["settings"],
        seeds=asked["seeds"],
        images=asked["images"],
        groups=asked["groups"],
        store=Path(snakemake.params.store),
        device=device,
    )
    write_table(found.features, OPERATOR_FEATURES, snakemake.output.features, origin)
    write_table(found.groups, OPERATOR_GROUPS, snakemake.output.groups, origin)
