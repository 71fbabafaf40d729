"""Archives of other people's: what damaged ones raise, and how much they may unpack to."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nascope.errors import NascopeError, lacks_room

#: What reading a damaged, encrypted or otherwise odd zip, tar, gzip or bzip2 file raises.
UNPACKING_ERRORS = (
    *(zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, ValueError, TypeError, ArithmeticError, LookupError, MemoryError),
)
#: Bytes of what unpacking may add: real files shrink to a fifth or so, hostile ones to a millionth.
_SMALLEST, _EXPANSION = 1 << 24, 100


class DamagedArchiveError(NascopeError):
    """An archive that cannot be unpacked."""


@contextmanager
def unpacking(path: Path, remedy: str) -> Iterator[None]:
    """Turn what can go wrong with an archive into a message that names it.

    Raises:
        DamagedArchiveError: for all but a full disk.
    """
    try:
        yield
    except UNPACKING_ERRORS as error:
        if lacks_room(error):
            raise
        reason = (" ".join(str(error).split()) or type(error).__name__)[:200]
        raise DamagedArchiveError(f"{path}: not a whole, unencrypted archive ({reason}); {remedy}") from None


def most_bytes(path: Path) -> int:
    """How many bytes a packed file may unpack to."""
    return _SMALLEST + _EXPANSION * path.stat().st_size


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file whose members announce no more than it can hold; they never unpack to more than they announce.

    Raises:
        zipfile.BadZipFile: it is none, or announces more.
    """
    with zipfile.ZipFile(path) as archive:
        announced = sum(member.file_size for member in archive.infolist())
        if announced > most_bytes(path):
            raise zipfile.BadZipFile(f"it announces {announced:,} bytes, far more than such files hold")
        yield archive
