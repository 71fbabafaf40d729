"""Latencies of NAS-Bench-201's cells on several devices."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nascope.loading import data_file
from nascope.oracles.users_files import POSITIVE, Range
from nascope.shipped.reading import read_columns

_LATENCIES = data_file(__file__, "nasbench201_latencies.parquet")
_INDEX = Range(0, 15_624, "an official index (0 to 15,624)")


def cell_latencies(path: Path | str | None = None) -> pd.DataFrame:
    """Time of one batch through each cell's network.

    Args:
        path: of a table of the user's in its place, with the columns of a ``latencies`` table.

    Returns:
        A ``latencies`` table.

    Raises:
        NascopeError: an unreadable file or an impossible value; with the row.
    """
    values = {"index": _INDEX, "latency_ms": POSITIVE}
    table = read_columns(path or _LATENCIES, ["device"], values, row=["index", "device"])
    return table.astype({"index": int})
