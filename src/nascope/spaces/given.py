"""Cells as a configuration gives them: by a published cell's name, or as a genotype in any notation."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from nascope.config.section import SOME_ONCE, OneOf
from nascope.errors import NascopeError
from nascope.hashing import content_hash
from nascope.spaces import darts
from nascope.spaces.genotype import Genotype
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cells

#: A two-input cell of any space.
CellName = Annotated[str, OneOf("nascope.spaces.given:given_cell")]
#: Some of them; one that is given twice would count twice.
CellNames = Annotated[tuple[CellName, ...], SOME_ONCE]
#: Cells of the DARTS space.
DartsCellNames = Annotated[tuple[Annotated[str, OneOf("nascope.spaces.given:given_darts_cell")], ...], SOME_ONCE]


class GivenCell(NamedTuple):
    """A cell and what tables call it.

    Attributes:
        name: the published cell's, or ``cell_`` and a hash of the genotype.
        genotype: what it is.
    """

    name: str
    genotype: Genotype


def given_cell(text: str) -> GivenCell:
    """The two-input cell that a text gives.

    Raises:
        NascopeError: neither a published cell's name nor a genotype, or a genotype of NAS-Bench-201's space.
    """
    if text in published_cells():
        return GivenCell(text, published_cells()[text].genotype)
    genotype = parse_genotype(text)
    if not isinstance(genotype, Genotype):
        raise NascopeError(f"{text[:80]!r} is a cell of NAS-Bench-201's space; a two-input cell is needed")
    names = [name for name, cell in published_cells().items() if cell.genotype == genotype]
    return GivenCell(names[0] if names else f"cell_{content_hash(str(genotype))[:6]}", genotype)


def given_darts_cell(text: str) -> GivenCell:
    """The same in the DARTS space.

    Raises:
        NascopeError: also for a cell outside the DARTS space.
    """
    found = given_cell(text)
    darts.check_named(found.name, found.genotype)
    return found
