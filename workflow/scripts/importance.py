"""Operation importance of every edge of the NAS-Bench-201 space."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.importance import nasbench201_importance
from nascope.oracles.tabular import TabularOracle
from nascope.schemas.importance import IMPORTANCE
from nascope.schemas.searches import BENCHMARK
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    oracle = TabularOracle(read_table(snakemake.input.benchmark, BENCHMARK), snakemake.params.dataset)
    importance = nasbench201_importance(oracle, fraction=snakemake.params.fraction)
    write_table(importance, IMPORTANCE, snakemake.output.importance, origin)
