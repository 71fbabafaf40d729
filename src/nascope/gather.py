"""Tables of several jobs in one, in an order that does not tell how the work was spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nascope.schemas.column import Table
from nascope.tables import read_table


def gathered(paths: Sequence[Path | str], kind: Table, order: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """All rows of some tables of one kind, sorted.

    Args:
        paths: the tables; rows that agree in all columns of ``order`` stand in one of them.
        kind: of the tables.
        order: columns to sort by, the most important first, each with the order of its values (empty: their own, as
            for numbers). Rows that agree in all of them stay in their order.
    """
    rows = pd.concat([read_table(path, kind) for path in paths], ignore_index=True)
    places = {column: {value: place for place, value in enumerate(values)} for column, values in order.items()}
    return rows.sort_values(
        list(order),
        kind="stable",
        ignore_index=True,
        key=lambda values: values.map(places[values.name]) if places[values.name] else values,
    )
