"""The validation accuracies of one data set out of a table of histories."""

from typing import TYPE_CHECKING

from _job import job

from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    where = [("dataset", "==", snakemake.params.dataset), ("split", "==", "valid")]
    chosen = read_table(snakemake.input.histories, "histories", where)
    write_table(chosen, "histories", snakemake.output.histories, origin)
