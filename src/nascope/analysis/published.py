"""How published cells follow the pattern that good cells share (Wan et al. 2022, section 5)."""

from __future__ import annotations

import pandas as pd

from nascope.spaces.patterns import follows_pattern
from nascope.spaces.published import published_darts_cells


def published_standing() -> pd.DataFrame:
    """Separable convolutions and residual links of the published normal cells of the DARTS space.

    Returns:
        One row per cell: ``name``, ``year``, ``separable`` (how many of its operations are separable convolutions),
        ``residual`` (how many skip connections come from a cell input) and ``follows`` (whether it has the pattern).
    """
    rows = []
    for published in published_darts_cells():
        cell = published.genotype.normal
        separable = sum(op.startswith("sep_conv") for op, _ in cell.edges)
        residual = sum(op == "skip_connect" and source < 2 for op, source in cell.edges)
        rows.append((published.name, published.year, separable, residual, follows_pattern(cell)))
    return pd.DataFrame(rows, columns=["name", "year", "separable", "residual", "follows"])
