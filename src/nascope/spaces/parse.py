"""Genotypes from text in any notation that people use, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from nascope.errors import NascopeError, suggestion
from nascope.spaces.literals import MAX_TEXT, Call, read_literal
from nascope.spaces.notations import nasbench201, nasbench301, naslib, nni, two_input
from nascope.spaces.notations.extract import genotype_texts, tidied
from nascope.spaces.notations.scope import reason_of
from nascope.spaces.published import published_cells

if TYPE_CHECKING:
    from nascope.spaces.genotype import Genotype
    from nascope.spaces.nasbench201 import NasBench201Cell

#: Each takes a value and returns None where its shape is another notation's.
_READERS: tuple[Callable[[object], Genotype | NasBench201Cell | None], ...] = (
    two_input.read,
    nasbench201.read,
    naslib.read,
    nni.read,
    nasbench301.read,
)
#: Keys under which files of results keep a genotype.
_WRAPPERS = (
    "genotype",
    "arch",
    "architecture",
    "arch_str",
    "best_selected_space",
    "optimized_hyperparamater_config",  # NAS-Bench-301's own spelling
)
_LONGEST = 500  # characters of a message
#: Notations by name.
WRITERS: dict[str, Callable[[Genotype | NasBench201Cell], str]] = {
    "darts": two_input.write_darts,
    "by_node": two_input.write_by_node,
    "json": two_input.write_json,
    "nasbench201": nasbench201.write_string,
    "index": nasbench201.write_index,
    "structure": nasbench201.write_structure,
    "naslib": naslib.write,
    "nni": nni.write,
    "nasbench301": nasbench301.write,
}


def parse_genotype(text: str) -> Genotype | NasBench201Cell:
    """Read a genotype in any notation of :data:`WRITERS` or by a published cell's name; nothing is ever evaluated.

    Log lines, assignments and quotation marks around it, other names of operations and numpy's numbers do not matter.
    A text may repeat a genotype, but not hold two different ones.

    Raises:
        NascopeError: another text; the message says where it is malformed, or why it is out of scope.
    """
    if len(text) > MAX_TEXT:
        raise NascopeError(f"malformed genotype: {len(text):,} characters, more than {MAX_TEXT:,}")
    tidy = tidied(text)
    if tidy in published_cells():
        return published_cells()[tidy].genotype
    try:
        found = dict.fromkeys(_parse(part) for part in genotype_texts(tidy))
    except NascopeError as error:
        reason = reason_of(tidy)
        message = f"genotype out of scope: {reason}" if reason else " ".join(str(error).split())
        raise NascopeError(message[:_LONGEST]) from None
    if len(found) > 1:
        raise NascopeError(f"malformed genotype: the text has {len(found)} different ones")
    return next(iter(found))


def format_genotype(genotype: Genotype | NasBench201Cell, notation: str) -> str:
    """A genotype in one of the notations of :data:`WRITERS`.

    Raises:
        NascopeError: an unknown notation, or a genotype that it cannot express.
    """
    if notation not in WRITERS:
        raise NascopeError(f"unknown notation {notation!r}{suggestion(notation, WRITERS)}; known: {', '.join(WRITERS)}")
    return WRITERS[notation](genotype)


def _parse(text: str) -> Genotype | NasBench201Cell:
    found = nasbench201.read_text(text) or nasbench301.read_text(text)
    if found is None and text[:1].isalpha() and "(" not in text:
        hint = suggestion(text, published_cells())
        raise NascopeError(f"malformed genotype: {text[:60]!r} is neither a genotype nor a published cell's name{hint}")
    return found or _of_value(read_literal(text))


def _of_value(value: object) -> Genotype | NasBench201Cell:
    if isinstance(value, str):
        return parse_genotype(value)
    for reader in _READERS:
        found = reader(value)
        if found is not None:
            return found
    if isinstance(value, Mapping):
        for key in _WRAPPERS:
            if key in value:
                return _of_value(value[key])
    kind = value.name if isinstance(value, Call) else type(value).__name__
    raise NascopeError(f"malformed genotype: a {kind} in none of the notations {', '.join(WRITERS)}")
