"""Gather the tables of several jobs in one table of the same kind."""

from typing import TYPE_CHECKING

from _job import job

from nascope.gather import gathered
from nascope.schemas.catalogue import TABLES
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    kind = TABLES[snakemake.params.kind]
    table = gathered(snakemake.input.parts, kind, snakemake.params.order)
    write_table(table, kind, snakemake.output.table, origin)
