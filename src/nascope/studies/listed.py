"""The user's own genotypes."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import pandas as pd

from nascope.errors import NascopeError
from nascope.spaces import parse_genotype
from nascope.studies.request import Request, table_of


def listed(study: str, *, path: str, seeds: Sequence[int]) -> pd.DataFrame:
    """The user's own genotypes: a CSV file with columns ``name`` and ``genotype`` (quoted), and optionally ``group``.

    Raises:
        NascopeError: a missing file or column, or a malformed genotype; the message names file and row.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            records = [(reader.line_num, record) for record in reader]
    except OSError as error:
        raise NascopeError(f"study {study!r}: cannot read {path}: {error.strerror}") from None
    if not {"name", "genotype"} <= set(columns):
        raise NascopeError(f"{path}: the first row must name the columns name and genotype, it has {columns}")
    rows = []
    for line, record in records:
        try:
            genotype = parse_genotype(record["genotype"] or "")
        except NascopeError as error:
            raise NascopeError(f"{path}, row {line}: {error}") from None
        rows.append(Request(record.get("group") or "listed", record["name"], genotype))
    return table_of(study, rows, seeds)
