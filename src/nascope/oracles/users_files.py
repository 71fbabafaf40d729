"""Reading the user's own tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from nascope.errors import NascopeError


def read_users_file(path: Path) -> pd.DataFrame:
    """A user's Parquet or CSV file, whatever its columns.

    Raises:
        NascopeError: it cannot be read.
    """
    try:
        return pd.read_csv(path) if ".csv" in path.suffixes else pd.read_parquet(path)
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise NascopeError(f"{path}: not a readable Parquet or CSV file ({error})") from None
