"""Whether delivered files are whole: a truncated or emptied one must not count as up to date."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

#: How whole files of each kind begin and end; blanks at the end do not count.
_MARKS: dict[str, tuple[bytes, bytes]] = {
    ".parquet": (b"PAR1", b"PAR1"),
    ".png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    ".pdf": (b"%PDF", b"%%EOF"),
    ".html": (b"<!doctype html>", b"</html>"),
}
_TAIL = 64  # bytes


def is_whole(path: Path) -> bool:
    """Whether a file begins and ends as its kind does; of other kinds, whether it holds anything."""
    with path.open("rb") as file:
        begins, ends = _MARKS.get(path.suffix, (b"", b""))
        head = file.read(max(len(begins), 1))
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL))
        return bool(head) and head.startswith(begins) and file.read().rstrip(b" \r\n").endswith(ends)


def set_aside(files: Iterable[str]) -> list[str]:
    """Rename files that are not whole, so that they are made again; those that were renamed.

    Files that are not there are left to whoever makes them.
    """
    aside = []
    for file in files:
        path = Path(file)
        if path.is_file() and not is_whole(path):
            path.rename(path.with_name(f"{path.name}.damaged"))
            aside.append(file)
    return aside
