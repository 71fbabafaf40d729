"""How a measure of cells goes with their width and depth."""

from __future__ import annotations

import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.ranks import spearman

#: Sign of a correlation that says "the wider" or "the shallower" the more of it.
MORE = {"width": 1, "depth": -1}


def more_with(
    shape: str, cells: pd.DataFrame, column: str, scope: str, *, sign: int = 1, strata: pd.Series | None = None
) -> Estimate:
    """Spearman's correlation of a column with width, or with shallowness (minus depth); one row per cell.

    Args:
        shape: ``width`` or ``depth``.
        cells: with that column.
        column: of the measure.
        scope: what the estimate is about.
        sign: 1 where wide and shallow cells are expected to have more of it, -1 where less.
        strata: within which cells are compared (None: among all).
    """
    return spearman(cells[shape], cells[column], scope, sign=sign * MORE[shape], strata=strata)
