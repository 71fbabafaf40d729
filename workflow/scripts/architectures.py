"""Gather architectures of the DARTS space: what comes with nascope, the user's file, or our own trainings."""

from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.trained import trained_architectures
from nascope.oracles.users_files import named_by
from nascope.schemas.searches import ARCHITECTURES
from nascope.schemas.trainings import GENOTYPES, TRAININGS
from nascope.shipped.darts import read_architectures
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    source, trained = snakemake.input, snakemake.params.job
    if source.trainings:
        genotypes = [read_table(path, GENOTYPES) for path in source.genotypes]
        trainings = read_table(source.trainings[0], TRAININGS)
        table = trained_architectures(genotypes, trainings, trained["dataset"], trained["epochs"])
    else:
        with named_by("redundancy.surrogate.architectures"):
            table = read_architectures(source.file[0] if source.file else None)
    write_table(table, ARCHITECTURES, snakemake.output.architectures, origin)
