"""Run the sample-based search algorithms on a table."""

from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.searches import BENCHMARK, HISTORIES, SEARCHES
from nascope.search.algorithms import SAMPLE_BASED, chosen, swept
from nascope.search.sample_based import run_searches
from nascope.search.tasks import history_runs, search_task, table_runs
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    asked, source, output = snakemake.params.job, snakemake.input, snakemake.output
    if "benchmark" in source.keys():  # noqa: SIM118 - iterating gives paths
        runs = table_runs(read_table(source.benchmark, BENCHMARK), asked["dataset"])
    else:
        runs = history_runs(read_table(source.histories, HISTORIES), asked["dataset"])
    task = search_task(runs, asked["epochs"], asked["budget"])
    algorithms = [chosen(SAMPLE_BASED, name, settings) for name, settings in asked["algorithms"].items()]
    for some, path in ((algorithms, output.searches), (swept(SAMPLE_BASED, asked["sweeps"]), output.sweeps)):
        write_table(run_searches(task, some, asked["runs"], asked["seed"]), SEARCHES, path, origin)
