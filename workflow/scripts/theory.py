"""Measure smoothness and gradient variance of the two linear cells of the theory."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.theory import theory_table
from nascope.config.section import section_of
from nascope.papers.understanding.settings import Theory
from nascope.schemas.geometry import THEORY
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    options = section_of(Theory, snakemake.params.options)
    table = theory_table(
        nodes=options.nodes,
        sizes=options.sizes,
        scales=options.scales,
        spectra=options.spectra,
        samples=options.samples,
        seeds=options.seeds,
    )
    write_table(table, THEORY, snakemake.output.theory, origin)
