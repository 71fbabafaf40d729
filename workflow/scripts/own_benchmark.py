"""Turn an exhaustively trained space into a benchmark table."""

from typing import TYPE_CHECKING

from _job import job

from nascope.config.section import section_of
from nascope.datasets.shapes import shape_of
from nascope.datasets.spec import DatasetSpec
from nascope.oracles.trained import trained_benchmark, trained_histories
from nascope.schemas.searches import BENCHMARK, HISTORIES
from nascope.schemas.trainings import CURVES, GENOTYPES, TRAININGS
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    genotypes = read_table(snakemake.input.genotypes, GENOTYPES)
    trainings = read_table(snakemake.input.trainings, TRAININGS)
    trained = snakemake.params.job
    classes, in_channels = shape_of(section_of(DatasetSpec, trained["images"]))
    benchmark = trained_benchmark(
        genotypes,
        trainings,
        dataset=trained["dataset"],
        epochs=trained["epochs"],
        channels=trained["channels"],
        cells=trained["cells"],
        classes=classes,
        in_channels=in_channels,
    )
    write_table(benchmark, BENCHMARK, snakemake.output.benchmark, origin)
    curves = read_table(snakemake.input.curves, CURVES)
    histories = trained_histories(genotypes, curves, trained["dataset"], trained["epochs"])
    write_table(histories, HISTORIES, snakemake.output.histories, origin)
