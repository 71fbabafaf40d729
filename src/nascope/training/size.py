"""Parameters of the networks of a protocol, as papers count them."""

from __future__ import annotations

import pandas as pd

from nascope.datasets.shapes import SHAPES
from nascope.networks.skeletons import count_parameters
from nascope.spaces import parse_genotype
from nascope.training.protocol import Protocol


def parameters_table(genotypes: pd.DataFrame, protocol: Protocol, source: str) -> pd.DataFrame:
    """A ``parameters`` table: every edge counted, dead or not, and the auxiliary head where the protocol trains one.

    Args:
        genotypes: a ``genotypes`` table.
        protocol: channels, cells and auxiliary head.
        source: of the images, for classes and channels (:data:`nascope.datasets.shapes.SHAPES`).
    """
    classes, in_channels = SHAPES[source]
    shape = {"channels": protocol.channels, "cells": protocol.cells, "classes": classes, "in_channels": in_channels}
    shape |= {"auxiliary": protocol.auxiliary_weight > 0, "stem_stride": protocol.stem_stride}
    counts = [count_parameters(parse_genotype(text), **shape) for text in genotypes["genotype"]]
    return genotypes[["study", "family", "name"]].assign(parameters=counts)
