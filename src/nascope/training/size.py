"""Parameters of the networks of a protocol, as papers count them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nascope.datasets.shapes import shape_of
from nascope.networks.skeletons import count_parameters
from nascope.spaces import parse_genotype
from nascope.training.protocol import Protocol


def parameters_table(genotypes: pd.DataFrame, protocol: Protocol, spec: Mapping[str, Any]) -> pd.DataFrame:
    """A ``parameters`` table: every edge counted, dead or not, and the auxiliary head where the protocol trains one.

    Args:
        genotypes: a ``genotypes`` table.
        protocol: channels, cells and auxiliary head.
        spec: config entry of the data set, for classes and channels.
    """
    classes, in_channels = shape_of(spec)
    shape = {"channels": protocol.channels, "cells": protocol.cells, "classes": classes, "in_channels": in_channels}
    shape |= {"auxiliary": protocol.auxiliary_weight > 0, "stem_stride": protocol.stem_stride}
    counts = [count_parameters(parse_genotype(text), **shape) for text in genotypes["genotype"]]
    return genotypes[["study", "family", "name"]].assign(parameters=counts)
