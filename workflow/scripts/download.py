"""Fetch a data set's files where they are missing, and read all of them once."""

from typing import TYPE_CHECKING

from _job import job

from nascope.config.section import section_of
from nascope.datasets.downloads import fetch
from nascope.datasets.spec import DatasetSpec
from nascope.schemas.trainings import IMAGES
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    name, spec = snakemake.params.name, section_of(DatasetSpec, snakemake.params.dataset)
    fetch(name, spec)

    from nascope.datasets.sources import describe_dataset  # Imports torch, which fetching does without.

    write_table(describe_dataset(name, spec), IMAGES, snakemake.output.images, origin)
