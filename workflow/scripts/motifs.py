"""Mine frequent subgraphs of the important parts of a space's top cells."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.motifs import darts_motifs, nasbench201_motifs
from nascope.schemas.importance import GENOTYPE_IMPORTANCE, IMPORTANCE, MOTIFS
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

SPACES = {"nasbench201": (IMPORTANCE, nasbench201_motifs), "darts": (GENOTYPE_IMPORTANCE, darts_motifs)}

with job(snakemake) as origin:
    kind, mine = SPACES[snakemake.wildcards.space]
    motifs = mine(read_table(snakemake.input.importance, kind), **snakemake.params.options)
    write_table(motifs, MOTIFS, snakemake.output.motifs, origin)
