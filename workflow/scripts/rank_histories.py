"""Extract the validation accuracies of one data set from a table of histories."""

from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.searches import HISTORIES
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    where = [("dataset", "==", snakemake.params.dataset), ("split", "==", "valid")]
    chosen = read_table(snakemake.input.histories, HISTORIES, where)
    write_table(chosen, HISTORIES, snakemake.output.histories, origin)
