"""Merge the genotypes of all studies with one set-up and spread the networks over shards."""

from typing import TYPE_CHECKING

import pandas as pd
from _job import job

from nascope.schemas.trainings import GENOTYPES, PLAN
from nascope.tables import read_table, write_table
from nascope.training.plan import plan_trainings

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    requests = pd.concat([read_table(path, GENOTYPES) for path in snakemake.input.genotypes], ignore_index=True)
    plan = plan_trainings(requests, snakemake.params.replicas, snakemake.params.shards)
    write_table(plan, PLAN, snakemake.output.plan, origin)
