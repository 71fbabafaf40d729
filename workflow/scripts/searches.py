"""Run the sample-based search algorithms on a table."""

from typing import TYPE_CHECKING

from _job import job

from nascope.search.environment import history_runs, search_task, table_runs
from nascope.search.sample_based import run_searches, run_sweeps
from nascope.tables import read_inputs, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    options, tables = snakemake.params.options, read_inputs(snakemake.input)
    if "benchmark" in tables:
        runs = table_runs(tables["benchmark"], options["dataset"])
    else:
        runs = history_runs(tables["histories"], options["dataset"])
    task = search_task(runs, options["epochs"], options["budget"])
    how = (options["runs"], options["seed"])
    write_table(run_searches(task, options["algorithms"], *how), "searches", snakemake.output.searches, origin)
    write_table(run_sweeps(task, options["sweeps"], *how), "searches", snakemake.output.sweeps, origin)
