"""Draw one figure: call its declared function with its tables and options."""

from typing import TYPE_CHECKING

from _job import job

from nascope.drawing.style import look, save_drawing
from nascope.loading import load
from nascope.papers.call import called

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, look():
    made, output = snakemake.params.job, snakemake.output
    drawing = called(load(made["function"]), dict(snakemake.input.items()), made["options"])
    save_drawing(drawing, output.pdf, output.png, output.data, origin)
