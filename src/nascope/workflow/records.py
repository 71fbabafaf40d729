"""Records of what files were made from belong to the files, not to the directory in which the workflow was started."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

#: Inputs, parameters and versions of code by file; marks of files that are being made.
_KINDS = ("metadata", "incomplete")


def keep_with_results(records: Path, results: Path) -> None:
    """Move a workflow's records into its results directory, and leave links in their place.

    Another checkout that works on the same results, one whose own directory of records was deleted, and one whose
    results were exchanged then all know what the files were made from. Where the results have records already, those
    win. Results that cannot be written to are left to :func:`nascope.results.hold_results`, which says so.

    Args:
        records: the workflow's directory of records.
        results: its results directory, made if need be.
    """
    with suppress(OSError):
        for kind in _KINDS:
            link, place = records / kind, results / records.name / kind
            place.mkdir(parents=True, exist_ok=True)
            if link.is_dir() and link.samefile(place):
                continue
            if link.is_symlink():
                link.unlink()
            elif link.is_dir():
                _move(link, place)
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(os.path.relpath(place, link.parent), target_is_directory=True)


def _move(old: Path, new: Path) -> None:
    if not any(new.iterdir()):
        for record in old.iterdir():
            shutil.move(record, new)
    shutil.rmtree(old)
