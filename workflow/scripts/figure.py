"""Draw one figure: a function of nascope.figures.<paper>, given its tables by kind."""

from typing import TYPE_CHECKING

from _job import job

from nascope.figures import draw
from nascope.figures.style import save_drawing
from nascope.tables import read_inputs

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    wildcards, output = snakemake.wildcards, snakemake.output
    drawing = draw(wildcards.paper, wildcards.figure, read_inputs(snakemake.input), snakemake.params.options)
    save_drawing(drawing, output.pdf, output.png, output.data, origin)
