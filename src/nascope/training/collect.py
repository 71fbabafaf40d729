"""Curves of many shards in the order of one table, in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from nascope.schemas.trainings import CURVES
from nascope.tables import read_table

#: Rows of a part: about half a gigabyte with what is made of them.
PART = 2_000_000


def collected(paths: Sequence[Path | str], part: int = PART) -> Iterator[pd.DataFrame]:
    """All rows of ``curves`` tables, ordered by key, seed and epoch, a range of keys at a time.

    Args:
        paths: tables of shards; the rows of a key may be in several of them.
        part: rows of a part; it has more only where a single key has more.
    """
    for low, high in key_ranges(paths, part):
        within = [("key", ">=", low), ("key", "<=", high)]
        rows = pd.concat([read_table(path, CURVES, within) for path in paths], ignore_index=True)
        yield rows.sort_values(["key", "seed", "epoch"], kind="stable", ignore_index=True)


def key_ranges(paths: Sequence[Path | str], part: int) -> list[tuple[str, str]]:
    """First and last keys of parts of about ``part`` rows, in order."""
    counts = pd.Series(dtype=int)
    for path in paths:
        counts = counts.add(read_table(path, CURVES, columns=["key"])["key"].value_counts(), fill_value=0)
    ranges, rows = [], part
    for key, count in counts.sort_index().items():
        if rows + count > part:
            ranges.append((key, key))
            rows = 0
        ranges[-1] = (ranges[-1][0], key)
        rows += count
    return ranges
