"""Official archives of data sets, and MD5 sums of files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Archive:
    """One file to download.

    Attributes:
        url: where it is published.
        size: bytes (0: unknown).
        md5: MD5 sum of the file (empty: unknown; its reader then checks what it holds).
        holds: names that are below the data set's root once it is unpacked; the file's own name if it is no archive.
    """

    url: str
    size: int
    md5: str
    holds: tuple[str, ...]

    @property
    def name(self) -> str:
        """File name."""
        return self.url.rpartition("/")[2]


def md5_of(path: Path) -> str:
    """MD5 sum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
