"""Draw the genotypes that a study asks to train."""

from typing import TYPE_CHECKING

from _job import job

from nascope.studies import build_study
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    study = snakemake.params.study
    genotypes = build_study(
        snakemake.wildcards.study, study["kind"], study["options"], weights=snakemake.params.weights
    )
    write_table(genotypes, "genotypes", snakemake.output.genotypes, origin)
