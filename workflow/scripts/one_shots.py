"""Gather all one-shot searches in one table."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    parts = [read_table(path, "one_shot") for path in snakemake.input.one_shot]
    write_table(pd.concat(parts, ignore_index=True), "one_shot", snakemake.output.one_shot, origin)
