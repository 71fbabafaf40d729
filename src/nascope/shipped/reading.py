"""Reading a table that comes with nascope, or the user's own in its place, and checking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.users_files import Range, numbers, read_users_file


def read_columns(
    path: Path | str, texts: Sequence[str], values: Mapping[str, Range], *, row: Sequence[str]
) -> pd.DataFrame:
    """Some columns of a Parquet or CSV file.

    Args:
        path: of the file.
        texts: names of columns of text.
        values: names of columns of numbers, with what they may be; every row needs a value.
        row: columns that tell rows apart.

    Returns:
        These columns: texts as ``str``, numbers as ``float``.

    Raises:
        NascopeError: an unreadable file, a missing column, an impossible value, or two rows about the same.
    """
    table = read_users_file(Path(path))
    missing = [name for name in (*texts, *values) if name not in table]
    if missing:
        raise NascopeError(f"{path}: columns {', '.join(missing)} are missing; there are {list(table)[:12]}")
    columns = {name: table[name].astype(str) for name in texts}
    columns |= {name: numbers(path, table, name, allowed, complete=True) for name, allowed in values.items()}
    found = pd.DataFrame(columns)
    twice = found.duplicated(list(row))
    if twice.any():
        number = int(twice.to_numpy().argmax())
        what = ", ".join(f"{name} {found[name].iloc[number]}" for name in row)
        raise NascopeError(f"{path}, row {number + 1}: {what[:200]} is there twice")
    return found
