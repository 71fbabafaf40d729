"""Print what the config's trainings and searches will cost."""

import sys
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.summaries import ESTIMATE
from nascope.tables import read_table
from nascope.workflow.cost.summary import summary

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake):
    sys.stdout.write(summary(read_table(snakemake.input.estimate, ESTIMATE)))
