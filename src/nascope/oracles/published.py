"""NAS-Bench-201's table, wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from nascope.oracles.extended import read_extended
from nascope.oracles.formats import is_official
from nascope.oracles.official import read_official
from nascope.oracles.records import cell_benchmark, cell_histories
from nascope.oracles.runs import Runs
from nascope.schemas.searches import HISTORIES
from nascope.shipped.nasbench201 import shipped_benchmark, shipped_histories
from nascope.tables import empty_table

_ROWS_AT_ONCE = 500_000


def read_published(path: Path | str | None, write_histories: Callable[[pd.DataFrame], None]) -> pd.DataFrame:
    """Read the table.

    Args:
        path: an official file or directory, a wide table (:mod:`nascope.oracles.extended`), or None for what comes
            with nascope (:mod:`nascope.shipped.nasbench201`).
        write_histories: takes the epochs of runs, part by part: all in official files, those of 200 cells in what comes
            with nascope, none in wide tables.

    Returns:
        A ``benchmark`` table in official index order.

    Raises:
        NascopeError: the file is missing, damaged or of another kind.
    """
    if path is not None and is_official(path):
        return _read_official(path, write_histories)
    write_histories(shipped_histories() if path is None else empty_table(HISTORIES))
    return shipped_benchmark() if path is None else read_extended(path)


def _read_official(path: Path | str, write_histories: Callable[[pd.DataFrame], None]) -> pd.DataFrame:
    rows: list[pd.DataFrame] = []
    waiting: list[pd.DataFrame] = []

    def keep(index: int, genotype: str, runs: Runs) -> None:
        rows.append(cell_benchmark(index, genotype, runs))
        waiting.append(cell_histories(index, runs))
        if sum(map(len, waiting)) > _ROWS_AT_ONCE:
            write_histories(pd.concat(waiting, ignore_index=True))
            waiting.clear()

    read_official(path, keep)
    if waiting:
        write_histories(pd.concat(waiting, ignore_index=True))
    order = ["dataset", "epochs", "index", "seed"]
    return pd.concat(rows, ignore_index=True).sort_values(order, kind="stable", ignore_index=True)
