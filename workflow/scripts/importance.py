"""Operation importance of every edge of the NAS-Bench-201 space."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.importance import nasbench201_importance
from nascope.oracles import TabularOracle
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    options = snakemake.params.options
    oracle = TabularOracle(read_table(snakemake.input.benchmark, "benchmark"), options["dataset"])
    importance = nasbench201_importance(oracle, fraction=options["fraction"])
    write_table(importance, "importance", snakemake.output.importance, origin)
