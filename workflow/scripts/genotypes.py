"""Draw the genotypes that a study asks to train."""

from typing import TYPE_CHECKING

from _job import job

from nascope.studies import build_study
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    study, source = snakemake.params.study, snakemake.input
    kinds = {"importance": "genotype_importance", "searches": "cell_searches"}
    tables = {name: read_table(path, kind) for name, kind in kinds.items() if (path := source.get(name))}
    how = {"weights": snakemake.params.weights, **tables}
    genotypes = build_study(snakemake.wildcards.study, study["kind"], study["options"], **how)
    write_table(genotypes, "genotypes", snakemake.output.genotypes, origin)
