"""Gather trained architectures of the DARTS space: our own, or NAS-Bench-301's archive."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.nasbench301 import read_architectures
from nascope.oracles.trained import trained_architectures
from nascope.oracles.users_files import named_by
from nascope.schemas.searches import ARCHITECTURES
from nascope.schemas.trainings import GENOTYPES, TRAININGS
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    source, trained = snakemake.input, snakemake.params.job
    if source.archive:
        with named_by("redundancy.surrogate.architectures"):
            table = read_architectures(Path(source.archive[0]))
    else:
        genotypes = [read_table(path, GENOTYPES) for path in source.genotypes]
        trainings = read_table(source.trainings[0], TRAININGS)
        table = trained_architectures(genotypes, trainings, trained["dataset"], trained["epochs"])
    write_table(table, ARCHITECTURES, snakemake.output.architectures, origin)
