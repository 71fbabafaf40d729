"""Reading and checking the user's own tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nascope.delimited import is_delimited, layout, read_text
from nascope.errors import NascopeError, one_line


class Range(NamedTuple):
    """What the values of a column may be, and how these are called."""

    low: float
    high: float
    meaning: str


#: Accuracies; losses, seconds and the like.
PERCENT = Range(0, 100, "an accuracy in percent")
POSITIVE = Range(0, np.inf, "a number of zero or more")


@contextmanager
def named_by(option: str) -> Iterator[None]:
    """Let messages about a file say which option of the configuration names it."""
    try:
        yield
    except NascopeError as error:
        raise NascopeError(f"config, {option}: {error}") from None


def read_users_file(path: Path) -> pd.DataFrame:
    """A user's Parquet or CSV file, whatever its columns; CSV in any encoding and with any usual separator.

    Raises:
        NascopeError: it cannot be read, or two columns have one name.
    """
    try:
        table = _read_delimited(path) if is_delimited(path) else _read_parquet(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = one_line(str(error).partition("\n")[0], 200)
        raise NascopeError(f"{path}: not a readable Parquet or CSV file ({reason})") from None
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise NascopeError(f"{path}: there are two columns {twice}; remove one")
    return table.reset_index(drop=True)


def _read_delimited(path: Path) -> pd.DataFrame:
    separator, text, _ = layout(read_text(path))
    return pd.read_csv(io.StringIO(text), sep=separator)


def _read_parquet(path: Path) -> pd.DataFrame:
    """All columns, those that pandas calls an index too; sums are checked where the file has some."""
    return pq.read_table(path, page_checksum_verification=True).to_pandas(ignore_metadata=True)


def numbers(path: Path | str, table: pd.DataFrame, name: str, allowed: Range, *, complete: bool = False) -> pd.Series:
    """A column as numbers.

    Args:
        path: of the file, for messages.
        table: as it was read; rows are counted from 1 below the header.
        name: of the column.
        allowed: the range of its values.
        complete: whether every row must have a value.

    Raises:
        NascopeError: text, a value out of range or infinite, or a missing one; the message names column and row.
    """
    column = table[name]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        # An empty column has no type; in one of text the first value that is no number is to blame, or else the text.
        if column.isna().all():
            column = column.astype(float)
        else:
            unclear = column.notna() & pd.to_numeric(column, errors="coerce").isna()
            row = int((unclear if unclear.any() else column.notna()).to_numpy().argmax())
            raise NascopeError(f"{_place(path, name, row)}: {str(column[row])[:50]!r} is text or no number")
    values = column.astype(float)
    wrong = values.notna() & ~(np.isfinite(values) & values.between(allowed.low, allowed.high))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise NascopeError(
            f"{_place(path, name, row)}: {values[row]:g} is not {allowed.meaning}; leave out what is unknown"
        )
    if complete and values.isna().any():
        raise NascopeError(f"{_place(path, name, int(values.isna().to_numpy().argmax()))}: there is no value")
    return values


def accuracies(path: Path | str, table: pd.DataFrame, name: str, *, complete: bool = False) -> pd.Series:
    """A column as accuracies in percent; see :func:`numbers`.

    Raises:
        NascopeError: also if all are fractions.
    """
    values = numbers(path, table, name, PERCENT, complete=complete)
    if values.max() <= 1:
        raise NascopeError(f"{path}, column {name}: no value is above 1; accuracies are in percent, multiply by 100")
    return values


def _place(path: Path | str, name: str, row: int) -> str:
    return f"{path}, column {name}, row {row + 1}"
