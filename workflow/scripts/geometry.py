"""Measure the surroundings of the weights of a job's share of a study, except those that are stored already."""

from pathlib import Path
from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.geometry import GRADIENTS, LANDSCAPE, SHARPNESS, TRAJECTORIES
from nascope.schemas.trainings import GENOTYPES, PLAN
from nascope.tables import read_table, write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

KINDS = {kind.name: kind for kind in (LANDSCAPE, TRAJECTORIES, GRADIENTS, SHARPNESS)}

with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.geometry import MEASURES, OPTIONS, options_of
    from nascope.analysis.survey import survey
    from nascope.config.section import section_of
    from nascope.datasets.sources import load_dataset
    from nascope.datasets.spec import DatasetSpec
    from nascope.loading import load
    from nascope.training.protocol import Protocol
    from nascope.training.store import Store

    prepare_torch(snakemake.threads, device)
    asked, wildcards = snakemake.params.job, snakemake.wildcards
    genotypes = read_table(snakemake.input.genotypes, GENOTYPES).drop_duplicates("key")
    kind = KINDS[wildcards.measure]
    table = survey(
        load(MEASURES[wildcards.measure]),
        genotypes[int(wildcards.shard) :: asked["shards"]],
        read_table(snakemake.input.plan, PLAN),
        Store(Path(asked["trainings"]), origin),
        Store(Path(snakemake.params.store), origin, kind),
        load_dataset(wildcards.study, section_of(DatasetSpec, asked["dataset"])),
        section_of(Protocol, asked["protocol"]),
        options_of(load(OPTIONS[wildcards.measure]), asked["options"]),
        device=device,
    )
    write_table(table, kind, snakemake.output.table, origin)
