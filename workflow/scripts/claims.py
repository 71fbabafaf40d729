"""Test the claims of one paper."""

from typing import TYPE_CHECKING

from _job import job

from nascope.claims import evaluate_claims
from nascope.tables import read_inputs, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    claims = evaluate_claims(snakemake.wildcards.paper, read_inputs(snakemake.input), snakemake.params.options)
    write_table(claims, "claims", snakemake.output.claims, origin)
