"""The user's own genotypes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nascope.config.section import Seeds, UserFile
from nascope.delimited import Row, read_rows
from nascope.errors import NascopeError
from nascope.papers.declare import study_kind
from nascope.spaces.parse import parse_genotype
from nascope.studies.request import Request, table_of


@study_kind()
def listed(study: str, *, path: UserFile, seeds: Seeds) -> pd.DataFrame:
    """The user's own genotypes: a CSV file with columns ``name`` and ``genotype`` (quoted), and optionally ``group``.

    Genotypes are in any notation that :func:`nascope.spaces.parse.parse_genotype` reads; names are unique.

    Raises:
        NascopeError: a missing file or column, a name that is empty or given twice, or a malformed genotype; the
            message names file and line.
    """
    try:
        columns, rows = read_rows(Path(path))
    except NascopeError as error:
        raise NascopeError(f"study {study!r}: {error}") from None
    if not {"name", "genotype"} <= set(columns):
        raise NascopeError(f"{path}: the first row must name the columns name and genotype, it has {columns}")
    lines: dict[str, int] = {}
    requests: dict[str, Request] = {}
    for row in rows:
        request = _request(path, row)
        if request.name in requests:
            same = "twice" if requests[request.name].genotype == request.genotype else "for two different genotypes"
            raise NascopeError(
                f"{path}, lines {lines[request.name]} and {row.line}: the name {request.name!r} is used {same}"
            )
        requests[request.name], lines[request.name] = request, row.line
    if not requests:
        raise NascopeError(f"{path}: no genotypes below the first row")
    return table_of(study, requests.values(), seeds)


def _request(path: str, row: Row) -> Request:
    name = row.cells["name"]
    if not name or not name.isprintable():
        raise NascopeError(f"{path}, line {row.line}: {name!r} is no name; a name is one line of text")
    try:
        genotype = parse_genotype(row.cells["genotype"])
    except NascopeError as error:
        hint = _hint(row.cells["genotype"])
        raise NascopeError(f"{path}, line {row.line}: {error}{hint}") from None
    return Request(row.cells.get("group") or "listed", name, genotype)


def _hint(text: str) -> str:
    """What to do about a genotype that was cut at a separator because it is not quoted."""
    cut = any(text.count(opening) > text.count(closing) for opening, closing in ("()", "[]", "{}"))
    return '; quote it: "Genotype(...)"' if cut else ""
