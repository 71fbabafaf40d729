"""Gather the shards of a set-up into its curves and its trainings."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.tables import read_table, write_table
from nascope.training.summary import summarise

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    dataset, protocol = snakemake.wildcards.setup.split(".")
    curves = pd.concat([read_table(path, "curves") for path in snakemake.input.curves], ignore_index=True)
    curves = curves.sort_values(["key", "seed", "epoch"], kind="stable", ignore_index=True)
    write_table(curves, "curves", snakemake.output.curves, origin)
    trainings = summarise(curves, dataset, protocol, snakemake.params.hash)
    write_table(trainings, "trainings", snakemake.output.trainings, origin)
