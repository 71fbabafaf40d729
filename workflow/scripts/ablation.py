"""Remove operations of top NAS-Bench-201 cells one after the other and look the errors up."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.ablation import nasbench201_removal
from nascope.oracles import TabularOracle
from nascope.tables import read_inputs, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    tables = read_inputs(snakemake.input)
    oracle = TabularOracle(tables["benchmark"], snakemake.params.dataset)
    write_table(nasbench201_removal(oracle, tables["importance"]), "ablation", snakemake.output.ablation, origin)
