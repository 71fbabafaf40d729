"""Operator groups as searches use them."""

from __future__ import annotations

import pandas as pd


def members_of(groups: pd.DataFrame) -> dict[str, list[str]]:
    """Operator groups of an ``operator_groups`` table, by first member: those of the first seed, edges averaged."""
    averaged = groups[(groups["method"] == "hierarchical") & (groups["cell"] == -1)]
    rows = averaged[averaged["seed"] == averaged["seed"].min()]
    return {members.iloc[0]: list(members) for _, members in rows.groupby("group", sort=True)["operator"]}
