"""Published cells as data: name, paper, year and genotype, read from ``published.csv`` beside this module."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from nascope.config.section import OneOf
from nascope.errors import NascopeError, suggestion
from nascope.loading import data_file
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype

#: Name of a published cell; of one in the DARTS space.
PublishedName = Annotated[str, OneOf("nascope.spaces.published:published_cell")]
PublishedDartsName = Annotated[str, OneOf("nascope.spaces.published:published_darts_cell")]


@dataclass(frozen=True)
class PublishedCell:
    """A cell that a paper reports as its result, or (``*_ADAPT``) as a rewired version of one."""

    name: str
    paper: str
    year: int
    genotype: Genotype


@lru_cache
def published_cells() -> dict[str, PublishedCell]:
    """All published cells by name."""
    text = data_file(__file__, "published.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: PublishedCell(row["name"], row["paper"], int(row["year"]), Genotype.parse(row["genotype"]))
        for row in rows
    }


def published_darts_cells() -> list[PublishedCell]:
    """The published cells of the DARTS space, without the rewired versions (``*_ADAPT``)."""
    cells = published_cells().values()
    return [cell for cell in cells if darts.in_space(cell.genotype) and not cell.name.endswith("_ADAPT")]


def published_cell(name: str) -> PublishedCell:
    """One published cell.

    Raises:
        NascopeError: an unknown name; the message lists the near ones, or else all.
    """
    cells = published_cells()
    if name not in cells:
        raise NascopeError(f"unknown published cell {name[:80]!r}{suggestion(name, cells)}; known: {', '.join(cells)}")
    return cells[name]


def published_darts_cell(name: str) -> PublishedCell:
    """One published cell of the DARTS space.

    Raises:
        NascopeError: an unknown name, or a cell of another space.
    """
    found = published_cell(name)
    darts.check_named(name, found.genotype)
    return found
