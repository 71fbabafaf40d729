"""Claims of StacNAS (Li et al. 2021)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import mean

#: The groups that the StacNAS code fixes by hand.
_STACNAS_GROUPS = (
    ("sep_conv_3x3", "sep_conv_5x5"),
    ("dil_conv_3x3", "dil_conv_5x5"),
    ("max_pool_3x3", "avg_pool_3x3"),
)


def _similar_correlate(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["operator_features"]
    table = table[table["first"] < table["second"]]
    together = {tuple(sorted(group)) for group in _STACNAS_GROUPS}
    same = pd.Series(
        [pair in together for pair in zip(table["first"], table["second"], strict=True)], index=table.index
    )
    units = table.assign(same=same).groupby(["seed", "cell", "edge", "same"])["correlation"].mean().unstack("same")
    scope = (
        f"{len(units)} probed edges (not independent: {table['seed'].nunique()} supernets) trained here on "
        f"{options['dataset']} with search protocol {options['search_protocol']}"
    )
    return mean((units[True] - units[False]).to_numpy(), scope)


CLAIMS = (
    Claim(
        "stacnas",
        "similar operators correlate",
        "operator_correlation",
        "Operators of one family have correlated feature maps, more than operators of different families.",
        "mean correlation within the published groups minus that between them",
        _similar_correlate,
    ),
)
