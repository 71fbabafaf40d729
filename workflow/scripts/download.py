"""Fetch a data set's files where they are missing, and read all of them once."""

from typing import TYPE_CHECKING

from _job import job

from nascope.datasets.downloads import fetch
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    name, spec = snakemake.params.name, snakemake.params.dataset
    fetch(name, spec)

    from nascope.datasets.sources import describe_dataset  # torch, for what is there.

    write_table(describe_dataset(name, spec), "images", snakemake.output.images, origin)
