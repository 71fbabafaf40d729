"""Read the user's table of curves."""

from typing import TYPE_CHECKING

from _job import job

from nascope.oracles.users_curves import read_curves
from nascope.oracles.users_files import named_by
from nascope.schemas.searches import HISTORIES
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    with named_by("nasbench201.histories"):
        histories = read_curves(snakemake.input.curves)
    write_table(histories, HISTORIES, snakemake.output.histories, origin)
