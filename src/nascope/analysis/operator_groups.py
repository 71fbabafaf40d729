"""Operator groups as searches use them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nascope.hashing import content_hash
from nascope.schemas.operators import OPERATOR_GROUPS
from nascope.tables import read_table


def members_of(groups: pd.DataFrame) -> dict[str, list[str]]:
    """Operator groups of an ``operator_groups`` table, by first member: those of the first seed, edges averaged."""
    averaged = groups[(groups["method"] == "hierarchical") & (groups["cell"] == -1)]
    rows = averaged[averaged["seed"] == averaged["seed"].min()]
    return {members.iloc[0]: list(members) for _, members in rows.groupby("group", sort=True)["operator"]}


def groups_in_use(configured: dict[str, list[str]] | str, tables: Sequence[str]) -> tuple[dict[str, list[str]], str]:
    """Operator groups that searches use, and a folder for their checkpoints.

    Args:
        configured: members by representative, or ``measured``: those of our own clustering.
        tables: path of the ``operator_groups`` table, where they are measured.

    Returns:
        Members by representative; a name that follows measured groups, which no key holds before they are known.
    """
    if not isinstance(configured, str):
        return configured, "."
    measured = members_of(read_table(tables[0], OPERATOR_GROUPS))
    return measured, content_hash(measured)
