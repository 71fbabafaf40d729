"""Gather the tables of several jobs in one table of the same kind."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.schemas.catalogue import TABLES
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    kind = TABLES[snakemake.params.kind]
    parts = [read_table(path, kind) for path in snakemake.input.parts]
    write_table(pd.concat(parts, ignore_index=True), kind, snakemake.output.table, origin)
