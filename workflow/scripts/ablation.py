"""Remove operations of top NAS-Bench-201 cells one after the other and look the errors up."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.ablation import nasbench201_removal
from nascope.oracles.tabular import TabularOracle
from nascope.schemas.importance import ABLATION, IMPORTANCE
from nascope.schemas.searches import BENCHMARK
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    importance = read_table(snakemake.input.importance, IMPORTANCE)
    oracle = TabularOracle(read_table(snakemake.input.benchmark, BENCHMARK), snakemake.params.dataset)
    write_table(nasbench201_removal(oracle, importance), ABLATION, snakemake.output.ablation, origin)
