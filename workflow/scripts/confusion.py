"""Gradient confusion of search networks of several depths and of the final network."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.operators import CONFUSION
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.confusion import Compared, confusion_table
    from nascope.analysis.minibatches import MiniBatches
    from nascope.analysis.operator_groups import groups_in_use
    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.search.one_shot.space_spec import SpaceSpec
    from nascope.search.one_shot.space_two_input import TwoInputSpace
    from nascope.training.protocol import Protocol

    prepare_torch(snakemake.threads, device)
    asked = snakemake.params.job
    dataset = load_dataset(asked["dataset_name"], section_of(DatasetSpec, asked["dataset"]))
    groups, folder = groups_in_use(asked["groups"], snakemake.input.groups)
    compared = Compared(
        space=TwoInputSpace.of(section_of(SpaceSpec, asked["space"])),
        groups=groups,
        weights=section_of(Protocol, asked["weights"]),
        first_cells=asked["first_cells"],
        second_cells=asked["second_cells"],
        final=section_of(Protocol, asked["protocol"]),
    )
    batches = MiniBatches(dataset, asked["batches"], asked["batch_size"])
    confusion = confusion_table(batches, compared, asked["seeds"], Path(snakemake.params.store) / folder, device=device)
    write_table(confusion, CONFUSION, snakemake.output.confusion, origin)
