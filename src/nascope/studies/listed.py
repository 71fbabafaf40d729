"""The user's own genotypes."""

from __future__ import annotations

import csv

import pandas as pd

from nascope.config.section import Seeds, UserFile
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.spaces.parse import parse_genotype
from nascope.studies.request import Request, table_of


@study_kind()
def listed(study: str, *, path: UserFile, seeds: Seeds) -> pd.DataFrame:
    """The user's own genotypes: a CSV file with columns ``name`` and ``genotype`` (quoted), and optionally ``group``.

    Raises:
        NascopeError: a missing file or column, or a malformed genotype; the message names file and row.
    """
    rows = []
    for line, record in _records(study, path):
        try:
            genotype = parse_genotype(record["genotype"] or "")
        except NascopeError as error:
            raise NascopeError(f"{path}, row {line}: {error}") from None
        rows.append(Request(record.get("group") or "listed", record["name"], genotype))
    return table_of(study, rows, seeds)


def _records(study: str, path: str) -> list[tuple[int, dict[str, str]]]:
    """Rows of the file by column, each with the number of its last line."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            records = [(reader.line_num, record) for record in reader]
    except OSError as error:
        raise NascopeError(f"study {study!r}: cannot read {path}: {error.strerror}") from None
    if not {"name", "genotype"} <= set(columns):
        raise NascopeError(f"{path}: the first row must name the columns name and genotype, it has {columns}")
    return records
