"""Parameters of the networks of a protocol, as papers count them."""

from __future__ import annotations

import pandas as pd

from nascope.datasets.shapes import shape_of
from nascope.datasets.spec import DatasetSpec
from nascope.networks.skeletons import count_parameters
from nascope.spaces.stored import stored_genotype
from nascope.training.protocol import Protocol


def parameters_table(genotypes: pd.DataFrame, protocol: Protocol, spec: DatasetSpec) -> pd.DataFrame:
    """A ``parameters`` table: every edge counted, dead or not, and the auxiliary head where the protocol trains one.

    Args:
        genotypes: a ``genotypes`` table.
        protocol: channels, cells, auxiliary head, stem and BatchNorm after pools.
        spec: data set, for classes and channels.
    """
    classes, in_channels = shape_of(spec)
    counts = [
        count_parameters(
            stored_genotype(text),
            channels=protocol.channels,
            cells=protocol.cells,
            classes=classes,
            in_channels=in_channels,
            auxiliary=protocol.auxiliary_weight > 0,
            stem_stride=protocol.stem_stride,
            pool_norm=protocol.pool_norm,
        )
        for text in genotypes["genotype"]
    ]
    return genotypes[["study", "family", "name"]].assign(parameters=counts)
