"""Gradient confusion of search networks of several depths and of the final network."""

from typing import TYPE_CHECKING

from _job import job

from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import named, prepare_torch

    from nascope.analysis.confusion import confusion_table, members_of
    from nascope.datasets.sources import load_dataset
    from nascope.search.one_shot.spaces import CellSpace
    from nascope.training.protocol import Protocol

    prepare_torch(snakemake.threads, device)
    params, options = snakemake.params, snakemake.params.options
    dataset = load_dataset(options["dataset"], named(params.dataset, "stacnas.confusion.dataset"))
    space = CellSpace.from_config(options["space"], named(params.space, "stacnas.confusion.space"))
    final = Protocol.from_config(options["protocol"], named(params.protocol, "stacnas.confusion.protocol"))
    measured = [read_table(path, "operator_groups") for path in snakemake.input.groups]
    groups = members_of(measured[0]) if measured else params.groups
    confusion = confusion_table(dataset, space, groups, options, final, device=device)
    write_table(confusion, "confusion", snakemake.output.confusion, origin)
