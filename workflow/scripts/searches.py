"""Run the sample-based search algorithms on the NAS-Bench-201 table."""

from typing import TYPE_CHECKING

from _job import job

from nascope.search.environment import search_task
from nascope.search.sample_based import run_searches
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    options = snakemake.params.options
    benchmark = read_table(snakemake.input.benchmark, "benchmark")
    task = search_task(benchmark, options["dataset"], options["epochs"], options["budget_seconds"])
    searches = run_searches(task, options["algorithms"], options["runs"], options["seed"])
    write_table(searches, "searches", snakemake.output.searches, origin)
