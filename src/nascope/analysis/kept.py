"""Finished parts of a job, kept as tables until the whole is done, so that a killed job does not repeat them."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd

from nascope.errors import NascopeError
from nascope.schemas.column import Table
from nascope.tables import read_table, write_table

log = logging.getLogger(__name__)


def read_kept(path: Path, kind: Table) -> pd.DataFrame | None:
    """A kept table; None where there is none or the file is damaged (it is then made again)."""
    if not path.exists():
        return None
    try:
        return read_table(path, kind)
    except NascopeError as error:
        log.warning("%s; making it again", error)
        return None


def keep(frame: pd.DataFrame, path: Path, kind: Table) -> pd.DataFrame:
    """Keep a table, and give it as :func:`read_kept` will."""
    write_table(frame, kind, path, {})
    return read_table(path, kind)
