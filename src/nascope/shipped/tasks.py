"""TransNAS-Bench-101's cells: four operations on six edges, trained for seven tasks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.loading import data_file
from nascope.oracles.users_files import Range
from nascope.shipped.reading import read_columns
from nascope.spaces.nasbench201 import NasBench201Cell

_TASKS = data_file(__file__, "transnas_tasks.parquet")
_SCORE = Range(-np.inf, np.inf, "a finite number")


def task_scores(path: Path | str | None = None) -> pd.DataFrame:
    """Scores of cells on several tasks; greater is better.

    Args:
        path: of a table of the user's in its place: columns ``genotype`` (as NAS-Bench-201 writes cells), ``task``,
            ``metric`` and ``score``.

    Returns:
        A ``tasks`` table.

    Raises:
        NascopeError: an unreadable file, an impossible value or a malformed cell; with the row.
    """
    table = read_columns(path or _TASKS, ["genotype", "task", "metric"], {"score": _SCORE}, row=["genotype", "task"])
    for row, text in table["genotype"].drop_duplicates().items():
        try:
            NasBench201Cell.parse(text)
        except NascopeError as error:
            raise NascopeError(f"{path}, row {int(str(row)) + 1}: {error}") from None
    return table
