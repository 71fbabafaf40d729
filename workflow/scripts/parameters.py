"""Count the parameters of a study's networks."""

from typing import TYPE_CHECKING

from _job import job

from nascope.tables import read_table, write_table
from nascope.training.protocol import Protocol
from nascope.training.size import parameters_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    protocol = Protocol.from_config(snakemake.wildcards.study, snakemake.params.protocol)
    genotypes = read_table(snakemake.input.genotypes, "genotypes")
    table = parameters_table(genotypes, protocol, snakemake.params.dataset)
    write_table(table, "parameters", snakemake.output.parameters, origin)
