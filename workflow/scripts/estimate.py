"""Count the config's trainings and searches, and time their steps on this device."""

import platform
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.summaries import ESTIMATE
from nascope.schemas.trainings import GENOTYPES
from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device
from nascope.workflow.read import read_config

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    import torch
    from _job import prepare_torch

    from nascope.workflow.cost.table import estimate

    prepare_torch(snakemake.threads, device)
    name = torch.cuda.get_device_name() if device == "cuda" else f"one core of {platform.node()}"
    studies = {study: read_table(path, GENOTYPES) for study, path in snakemake.input.items()}
    table = estimate(read_config(snakemake.params.config), studies, device=device, name=name)
    write_table(table, ESTIMATE, snakemake.output.estimate, origin)
