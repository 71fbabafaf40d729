"""Draw the genotypes that a study asks to train."""

from typing import TYPE_CHECKING

from _job import job

from nascope.loading import load
from nascope.schemas.trainings import GENOTYPES
from nascope.studies.build import build_study
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    kind, params = snakemake.params.job, snakemake.params
    tables = {name: path for name, path in snakemake.input.items() if name not in kind["options"]}
    genotypes = build_study(
        snakemake.wildcards.study, load(kind["function"]), kind["options"], weights=params.weights, tables=tables
    )
    write_table(genotypes, GENOTYPES, snakemake.output.genotypes, origin)
