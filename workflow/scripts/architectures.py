"""Gather trained architectures of the DARTS space: our own, or NAS-Bench-301's archive."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.nasbench301 import read_architectures
from nascope.oracles.trained import trained_architectures
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    source, params = snakemake.input, snakemake.params
    if source.archive:
        table = read_architectures(Path(source.archive[0]))
    else:
        genotypes = [read_table(path, "genotypes") for path in source.genotypes]
        trainings = read_table(source.trainings, "trainings")
        table = trained_architectures(genotypes, trainings, params.dataset, params.epochs)
    write_table(table, "architectures", snakemake.output.architectures, origin)
