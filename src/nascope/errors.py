"""The exceptions that a user is meant to read."""

from __future__ import annotations

from pathlib import Path


class NascopeError(Exception):
    """Something the user can mend: the message names the place, what is wrong there and the remedy."""


class DamagedTableError(NascopeError):
    """A file that is not a whole Parquet table, at ``path``."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path}: not a whole Parquet file ({reason})")
        self.path = path
