"""Operators of one family have correlated feature maps: one claim per family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import mean
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.operators import OperatorFeatures
from nascope.schemas.results import CORRELATIONS

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

#: The groups of two that the StacNAS code fixes by hand.
_FAMILIES = {
    "pool": ("avg_pool_3x3", "max_pool_3x3"),
    "separable": ("sep_conv_3x3", "sep_conv_5x5"),
    "dilated": ("dil_conv_3x3", "dil_conv_5x5"),
}
_MEASURE = "correlation of their feature maps minus the mean correlation of operators of different groups"


def _features(plan: Plan[StacNas]) -> dict[str, Result]:
    return {"operator_features": CORRELATIONS}


def _on(plan: Plan[StacNas]) -> dict[str, Any]:
    return {"dataset": plan.section.operators.dataset}


_ALIKE = "have feature maps that correlate more than those of operators of different groups."
_POOLS = PAPER.claim("pools correlate", f"Average and maximum pooling {_ALIKE}")
_SEPARABLE = PAPER.claim("separable convolutions correlate", f"Separable convolutions of both sizes {_ALIKE}")
_DILATED = PAPER.claim("dilated convolutions correlate", f"Dilated convolutions of both sizes {_ALIKE}")


@_POOLS.test(
    "trained here", figure="operator_correlation", measure=_MEASURE, unit="supernets", tables=_features, options=_on
)
def pools_correlate(operator_features: OperatorFeatures, *, dataset: str) -> Estimate:
    """One unit per supernet, averaged over its probed edges."""
    return _closer("pool", operator_features, dataset)


@_SEPARABLE.test(
    "trained here", figure="operator_correlation", measure=_MEASURE, unit="supernets", tables=_features, options=_on
)
def separable_correlate(operator_features: OperatorFeatures, *, dataset: str) -> Estimate:
    """One unit per supernet, averaged over its probed edges."""
    return _closer("separable", operator_features, dataset)


@_DILATED.test(
    "trained here", figure="operator_correlation", measure=_MEASURE, unit="supernets", tables=_features, options=_on
)
def dilated_correlate(operator_features: OperatorFeatures, *, dataset: str) -> Estimate:
    """One unit per supernet, averaged over its probed edges."""
    return _closer("dilated", operator_features, dataset)


def _closer(family: str, features: pd.DataFrame, dataset: str) -> Estimate:
    pairs = features[features["first"] < features["second"]]
    names = list(zip(pairs["first"], pairs["second"], strict=True))
    alike = np.array([pair == _FAMILIES[family] for pair in names])
    apart = np.array([pair not in _FAMILIES.values() for pair in names])
    own, others = (pairs[chosen].groupby("seed")["correlation"].mean() for chosen in (alike, apart))
    edges = pairs.groupby("seed")[["cell", "edge"]].apply(lambda part: len(part.drop_duplicates())).max()
    scope = f"{len(own)} supernets, {edges} probed edges of each, one-level search on {dataset}"
    return mean((own - others).dropna().to_numpy(), scope, (-2.0, 2.0))
