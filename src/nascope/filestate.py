"""What the user's own files are known by: sizes and times of change, so that other files make new results."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from functools import cache
from pathlib import Path

from nascope.hashing import content_hash

#: Files whose sizes and times are read. Of more (ImageNet has 1.3 million, and each job starts by asking) only the
#: times of the directories count, which change whenever a file comes, goes or gets another name.
_MOST_FILES = 20_000


@cache
def state_of(path: str, patterns: tuple[str, ...] = ()) -> str:
    """A hash of the names, sizes and times of change of the user's files; it is worked out once in a process.

    Args:
        path: a file, or a directory with all that is below it. Hidden files do not count, nor does what is absent.
        patterns: of what counts in the directory (none: everything).
    """
    root = Path(path)
    tops = sorted(found for pattern in patterns for found in root.glob(pattern)) if patterns else [root]
    files: list[tuple[str, int, int]] = []
    folders: list[tuple[str, int]] = []
    waiting, whole = deque((top, os.path.relpath(top, root)) for top in tops), True
    while waiting:
        place, name = waiting.popleft()
        with suppress(OSError):
            facts = place.stat()
            # Links to directories may lead in circles; below the top they count as files.
            if not place.is_dir() or (place.is_symlink() and place not in tops):
                files.append((name, facts.st_size, facts.st_mtime_ns))
                continue
            folders.append((name, facts.st_mtime_ns))
            whole = whole and len(files) + len(waiting) <= _MOST_FILES
            if whole:
                waiting.extend((place / entry, f"{name}/{entry}") for entry in _names(place))
    return content_hash(files if whole else folders)[:8]


def _names(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))
