"""Measure smoothness and gradient variance of the two linear cells of the theory."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.theory import theory_table
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    write_table(theory_table(**snakemake.params.options), "theory", snakemake.output.theory, origin)
