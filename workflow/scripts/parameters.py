"""Count the parameters of a study's networks."""

from typing import TYPE_CHECKING

from _job import job

from nascope.config.section import section_of
from nascope.datasets.spec import DatasetSpec
from nascope.schemas.trainings import GENOTYPES, PARAMETERS
from nascope.tables import read_table, write_table
from nascope.training.protocol import Protocol
from nascope.training.size import parameters_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    protocol = section_of(Protocol, snakemake.params.protocol)
    genotypes = read_table(snakemake.input.genotypes, GENOTYPES)
    table = parameters_table(genotypes, protocol, section_of(DatasetSpec, snakemake.params.dataset))
    write_table(table, PARAMETERS, snakemake.output.parameters, origin)
