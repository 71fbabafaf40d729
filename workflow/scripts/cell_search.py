"""Search a space of two-input cells with several algorithms and seeds."""

from typing import TYPE_CHECKING

from _job import job

from nascope.schemas.searches import CELL_SEARCHES, SEARCH_ALPHAS
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.operator_groups import groups_in_use
    from nascope.search.one_shot.pairs import run_pairs

    prepare_torch(snakemake.threads, device)
    asked = snakemake.params.job
    groups, folder = groups_in_use(asked["groups"], snakemake.input.groups)
    stores = {name: f"{store}/{folder}" for name, store in snakemake.params.stores.items()}
    searches, alphas = run_pairs(asked, groups, stores, device=device)
    where = {"space": snakemake.wildcards.space}
    write_table(searches.assign(**where), CELL_SEARCHES, snakemake.output.searches, origin)
    write_table(alphas.assign(**where), SEARCH_ALPHAS, snakemake.output.alphas, origin)
