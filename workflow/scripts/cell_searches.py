"""Gather all searches of two-input cells in one table of cells and one of architecture parameters."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    for name, kind in {"searches": "cell_searches", "alphas": "search_alphas"}.items():
        parts = [read_table(path, kind) for path in snakemake.input[name]]
        write_table(pd.concat(parts, ignore_index=True), kind, snakemake.output[name], origin)
