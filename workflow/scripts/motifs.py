"""Mine frequent subgraphs of the important parts of top NAS-Bench-201 cells."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.motifs import nasbench201_motifs
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    importance = read_table(snakemake.input.importance, "importance")
    motifs = nasbench201_motifs(importance, **snakemake.params.options)
    write_table(motifs, "motifs", snakemake.output.motifs, origin)
