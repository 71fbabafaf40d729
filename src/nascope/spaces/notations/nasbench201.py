"""NAS-Bench-201's own notations: the string, the index, the nodes of its ``CellStructure``, and operations in order."""

from __future__ import annotations

import re

from nascope.errors import NascopeError
from nascope.spaces.genotype import Genotype, is_edge
from nascope.spaces.literals import Call
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell
from nascope.spaces.nasbench201_space import ENUMERABLE_NODES, official_indices

#: Other names of the operations in public code: nni's, the paper's, AutoDL's.
ALIASES = {
    "conv_1x1": "nor_conv_1x1",
    "conv_3x3": "nor_conv_3x3",
    "avg_pool": "avg_pool_3x3",
    "identity": "skip_connect",
    "skip": "skip_connect",
    "zero": "none",
    "zeroize": "none",
}
_INDEX = re.compile(r"(?:(?:arch(?:itecture)?|index|cell)[\s:=#]*|#\s*)?(0|[1-9]\d{0,4})", re.IGNORECASE)
_OPERATION = re.compile(r"[A-Za-z0-9_]+(?=~)")


def read_text(text: str) -> NasBench201Cell | None:
    """A cell from its string, with any space in it and other names of operations, or from its index.

    Raises:
        NascopeError: a string that is no cell, or an index that is none.
    """
    if text.startswith("|"):
        found = _OPERATION.sub(lambda match: name_of(match[0]), "".join(text.split()))
        return NasBench201Cell.parse(found)
    index = _INDEX.fullmatch(text)
    return _of_index(int(index[1])) if index else None


def read(value: object) -> NasBench201Cell | None:
    """A cell from its operations in the string's order, or from the (operation, source) pairs of each node.

    Raises:
        NascopeError: a value of either shape that is no cell.
    """
    if isinstance(value, Call) and value.name in ("Structure", "CellStructure") and len(value.arguments) == 1:
        value = value.arguments[0]
    if not isinstance(value, list | tuple) or not value:
        return None
    if all(isinstance(op, str) and name_of(op) in PRIMITIVES for op in value):
        return NasBench201Cell(tuple(name_of(op) for op in value))
    if _are_nodes(value):
        terms = ["".join(f"|{name_of(op)}~{source}" for op, source in node) + "|" for node in value]
        return NasBench201Cell.parse("+".join(terms))
    return None


def _are_nodes(value: list[object] | tuple[object, ...]) -> bool:
    """Whether these are nodes with one pair, two pairs, three pairs, ... of operations of this space."""
    for number, node in enumerate(value, start=1):
        if not isinstance(node, list | tuple) or len(node) != number:
            return False
        if not all(is_edge(edge) and name_of(edge[0]) in PRIMITIVES for edge in node):
            return False
    return True


def name_of(op: str) -> str:
    """The benchmark's name of an operation."""
    return ALIASES.get(op, op)


def _of_index(index: int) -> NasBench201Cell:
    cells = list(official_indices(ENUMERABLE_NODES))
    if index >= len(cells):
        raise NascopeError(f"index {index} is not one of NAS-Bench-201's cells (0 to {len(cells) - 1})")
    return cells[index]


def write_string(genotype: Genotype | NasBench201Cell) -> str:
    """``|op~0|+|op~0|op~1|+...``."""
    return str(cell_of(genotype))


def write_index(genotype: Genotype | NasBench201Cell) -> str:
    """The official index of a cell with four nodes."""
    cell = cell_of(genotype)
    if cell.nodes != ENUMERABLE_NODES:
        raise NascopeError(f"only cells with {ENUMERABLE_NODES} nodes have an index, this one has {cell.nodes}")
    return str(official_indices(ENUMERABLE_NODES)[cell])


def write_structure(genotype: Genotype | NasBench201Cell) -> str:
    """AutoDL's ``CellStructure([(('op', 0),), (('op', 0), ('op', 1)), ...])``."""
    cell = cell_of(genotype)
    nodes = [tuple((op, s) for s, t, op in cell.edges if t == target) for target in range(1, cell.nodes)]
    return f"CellStructure({nodes})"


def cell_of(genotype: Genotype | NasBench201Cell) -> NasBench201Cell:
    """The genotype, if it is a NAS-Bench-201 cell.

    Raises:
        NascopeError: it has a normal and a reduction cell.
    """
    if isinstance(genotype, NasBench201Cell):
        return genotype
    raise NascopeError("a normal and a reduction cell cannot be written as one NAS-Bench-201 cell")
