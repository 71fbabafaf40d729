"""The exceptions whose messages are meant for users."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class NascopeError(Exception):
    """Something that the user can put right: the message says where, what is wrong there, and the remedy."""


class DamagedTableError(NascopeError):
    """The file at ``path`` is not a complete Parquet table."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path}: not a whole Parquet file ({reason})")
        self.path = path


#: What systems say where a disk, or the user's share of it, is full.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def lacks_room(error: BaseException) -> bool:
    """Whether an error says that a disk has no room left, which is the fault of no file."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


def one_line(message: str, longest: int = 500) -> str:
    """A message in one line of at most so many characters: what users typed may be a book, or hold line ends."""
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in message)
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def known(entries: Mapping[str, T], name: str, section: str, place: str = "") -> T:
    """The entry of a name.

    Raises:
        NascopeError: there is none; the message has the known names and the nearest of them.
    """
    if name in entries:
        return entries[name]
    where = f"config, {place}: " if place else "config: "
    raise NascopeError(
        f"{where}{name!r} is not under {section}{suggestion(name, entries)}; known: {', '.join(entries)}"
    )


def suggestion(name: str, names: Iterable[str]) -> str:
    """``" (did you mean 'x'?)"``, or nothing where no name is near."""
    near = get_close_matches(name, list(names), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
