"""An ``estimate`` table as text."""

from __future__ import annotations

from typing import Any

import pandas as pd

_LEFT_OUT = "without landscapes, gradients and Hessian"


def summary(table: pd.DataFrame) -> str:
    """Papers in the order of the table, with their parts from the most to the least expensive, and sums.

    Args:
        table: an ``estimate`` table.
    """
    lines = []
    for paper, own in table.groupby("paper", sort=False):
        lines.append(f"{paper}: {own['hours'].sum():,.1f} device-hours")
        lines += map(_line, own.sort_values("hours", ascending=False).itertuples())
    lines.append(f"in all: {table['hours'].sum():,.1f} device-hours, {_LEFT_OUT}")
    return "\n".join(lines) + "\n"


def _line(row: Any) -> str:  # noqa: ANN401 - a row of the table
    if not row.networks:
        return f"  {'?':>12}  {row.part}: how many networks is not known before what it is drawn from"
    each = f"{row.epochs} epochs x {row.steps:,.0f} steps of {row.seconds * row.relative_cost:.3g} s"
    return f"  {row.hours:>12,.2f}  {row.part}: {row.networks:,} x {each} ({row.timed}, {row.source})"
