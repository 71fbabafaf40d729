"""Gather a measure of all studies in one table."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    measure = snakemake.wildcards.measure
    parts = [read_table(path, measure) for path in snakemake.input.parts]
    write_table(pd.concat(parts, ignore_index=True), measure, snakemake.output.table, origin)
