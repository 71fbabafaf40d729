"""Turn an exhaustively trained space into a benchmark table."""

from typing import TYPE_CHECKING

from _job import job

from nascope.datasets.shapes import shape_of
from nascope.oracles.trained import trained_benchmark, trained_histories
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    genotypes = read_table(snakemake.input.genotypes, "genotypes")
    trainings = read_table(snakemake.input.trainings, "trainings")
    options = snakemake.params
    classes, in_channels = shape_of(options.images)
    shape = {
        "channels": options.channels,
        "cells": options.cells,
        "classes": classes,
        "in_channels": in_channels,
    }
    benchmark = trained_benchmark(genotypes, trainings, options.dataset, options.epochs, shape)
    write_table(benchmark, "benchmark", snakemake.output.benchmark, origin)
    curves = read_table(snakemake.input.curves, "curves")
    histories = trained_histories(genotypes, curves, options.dataset, options.epochs)
    write_table(histories, "histories", snakemake.output.histories, origin)
