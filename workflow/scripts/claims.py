"""Test the claims of one paper."""

from typing import TYPE_CHECKING

from _job import job

from nascope.papers.ledger import ledger
from nascope.schemas.summaries import CLAIMS
from nascope.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    claims = ledger(snakemake.wildcards.paper, snakemake.params.claims)
    write_table(claims, CLAIMS, snakemake.output.claims, origin)
