"""Say what the config's trainings and searches will cost, from steps timed on this device."""

import platform
import sys
from typing import TYPE_CHECKING

from _job import job

from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    import torch
    from _job import prepare_torch

    from nascope.analysis.cost import estimate, summary

    prepare_torch(snakemake.threads, device)
    name = torch.cuda.get_device_name() if device == "cuda" else f"one core of {platform.node()}"
    studies = {study: read_table(path, "genotypes") for study, path in snakemake.input.items()}
    table = estimate(snakemake.params.config, studies, device=device, name=name)
    write_table(table, "estimate", snakemake.output.estimate, origin)
    sys.stdout.write(summary(table))
