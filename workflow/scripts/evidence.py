"""Read a table of published evidence: what comes with nascope, or the user's in its place."""

from typing import TYPE_CHECKING

from _job import job

from nascope.loading import load
from nascope.oracles.users_files import named_by
from nascope.schemas.results import EVIDENCE
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    name, paths = snakemake.wildcards.table, list(snakemake.input.table)  # none, or the user's
    with named_by(f"evidence.{name}"):
        table = load(snakemake.params.reader)(paths[0] if paths else None)
    write_table(table, EVIDENCE[name].kind, snakemake.output.table, origin)
