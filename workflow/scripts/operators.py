"""Train a supernet with all operators and correlate their feature maps."""

from typing import TYPE_CHECKING

from _job import job

from nascope.errors import NascopeError
from nascope.tables import write_table
from nascope.training.devices import leased_device

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin, leased_device(snakemake.resources.gpu) as device:
    # torch is imported only now: a leased GPU must be visible before.
    from _job import prepare_torch

    from nascope.analysis.operators import accumulate_features, operator_tables
    from nascope.datasets.sources import load_dataset
    from nascope.search.one_level import SearchProtocol, search

    prepare_torch(snakemake.threads, device)
    options = snakemake.params.options
    if snakemake.params.dataset is None or snakemake.params.protocol is None:
        raise NascopeError(
            "config: stacnas.operators names a dataset or search_protocol that the config does not define"
        )
    protocol = SearchProtocol.from_config(options["search_protocol"], snakemake.params.protocol)
    dataset = load_dataset(options["dataset"], snakemake.params.dataset)
    result = search(dataset, protocol, options["seeds"], device=device)
    accumulated = accumulate_features(result.supernet, dataset, options["images"])
    operators = [name for name in protocol.primitives if name != "none"]
    features, groups = operator_tables(accumulated, operators, options["seeds"], options["groups"])
    write_table(features, "operator_features", snakemake.output.features, origin)
    write_table(groups, "operator_groups", snakemake.output.groups, origin)
    write_table(result.curves, "supernet_curves", snakemake.output.curves, origin)
    write_table(result.alphas, "alphas", snakemake.output.alphas, origin)
