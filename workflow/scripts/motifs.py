"""Mine frequent subgraphs of the important parts of a space's top cells."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.motifs import darts_motifs, nasbench201_motifs
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

SPACES = {"nasbench201": ("importance", nasbench201_motifs), "darts": ("genotype_importance", darts_motifs)}

with job(snakemake) as origin:
    kind, mine = SPACES[snakemake.wildcards.space]
    motifs = mine(read_table(snakemake.input.importance, kind), **snakemake.params.options)
    write_table(motifs, "motifs", snakemake.output.motifs, origin)
