"""Write the report: every figure beside the claims it bears on."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.config.section import whole
from nascope.report import write_config, write_report
from nascope.schemas.summaries import CLAIMS
from nascope.schemas.trainings import GENOTYPES, TRAININGS
from nascope.tables import read_table
from nascope.workflow.read import read_config

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    claims = pd.concat([read_table(path, CLAIMS) for path in snakemake.input.claims], ignore_index=True)
    trainings = pd.concat([read_table(path, TRAININGS) for path in snakemake.input.trainings], ignore_index=True)
    genotypes = pd.concat([read_table(path, GENOTYPES) for path in snakemake.input.genotypes], ignore_index=True)
    claims.to_csv(snakemake.output.claims, index=False)
    write_report(snakemake.output.report, claims, trainings, genotypes, snakemake.params.papers, origin)
    write_config(snakemake.output.config, whole(read_config(snakemake.params.config)))
