"""Gather the shards of a set-up into its curves and its trainings."""

from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.trainings import CURVES, TRAININGS
from nascope.tables import table_writer
from nascope.training.collect import collected
from nascope.training.summary import summarise

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    params = snakemake.params
    curves, trainings = snakemake.output.curves, snakemake.output.trainings
    with table_writer(CURVES, curves, origin) as write, table_writer(TRAININGS, trainings, origin) as write_summary:
        for part in collected(snakemake.input.curves):
            write(part)
            write_summary(summarise(part, params.dataset, params.protocol, params.hash))
