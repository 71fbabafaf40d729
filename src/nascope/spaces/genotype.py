"""Two-input cells in the DARTS notation: ``Genotype(normal, normal_concat, reduce, reduce_concat)``.

A cell has two input states (0 = output of the cell before the previous one, 1 = output of the previous one) and
intermediate nodes 2, 3, ...; each node sums two operations, each applied to an earlier state. The cell's output is the
channel-wise concatenation of the nodes in ``concat`` (Liu, Simonyan & Yang 2019, section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from nascope.errors import NascopeError, suggestion
from nascope.spaces.literals import Call, read_literal

#: Every primitive that a published cell of this form uses; a space allows a subset.
PRIMITIVES = (
    "none",
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
    "sep_conv_7x7",
    "conv_7x1_1x7",
    "conv_3x1_1x3",
    "noise",
)


def known_primitive(name: str) -> str:
    """The name of a primitive.

    Raises:
        NascopeError: there is none of that name.
    """
    if name not in PRIMITIVES:
        hint = suggestion(name, PRIMITIVES)
        raise NascopeError(f"unknown primitive {name[:80]!r}{hint}; known: {', '.join(PRIMITIVES)}")
    return name


#: Of the notation, in the order in which they may be given by position.
FIELDS = ("normal", "normal_concat", "reduce", "reduce_concat")

Edge = tuple[str, int]


@dataclass(frozen=True, order=True)
class Cell:
    """One cell: ``edges[2 i]`` and ``edges[2 i + 1]`` are the (primitive, source state) pairs of node ``i + 2``.

    Raises:
        NascopeError: an unknown primitive, an odd number of edges, a source that is not an earlier state, or a concat
            entry that is not an intermediate node. The message names the edge.
    """

    edges: tuple[Edge, ...]
    concat: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.edges or len(self.edges) % 2:
            raise NascopeError(f"a cell needs two edges per node, got {len(self.edges)} edges")
        for index, (primitive, source) in enumerate(self.edges):
            if primitive not in PRIMITIVES:
                raise NascopeError(f"edge {index}: unknown primitive {primitive!r}; known: {', '.join(PRIMITIVES)}")
            if not 0 <= source < index // 2 + 2:
                node = index // 2 + 2
                raise NascopeError(
                    f"edge {index}: source {source} is not an earlier state (0..{node - 1}) of node {node}"
                )
        last = self.nodes + 1
        if not self.concat or len(set(self.concat)) < len(self.concat):
            raise NascopeError(f"concat {list(self.concat)} must list at least one node, none of them twice")
        for node in self.concat:
            if not 2 <= node <= last:
                raise NascopeError(f"concat names state {node}, which is not an intermediate node (2..{last})")

    @property
    def nodes(self) -> int:
        """Number of intermediate nodes."""
        return len(self.edges) // 2

    def by_node(self) -> Iterator[tuple[int, tuple[Edge, Edge]]]:
        """Yield (state number, its two edges) for each intermediate node."""
        for node in range(self.nodes):
            yield node + 2, (self.edges[2 * node], self.edges[2 * node + 1])

    def replace_edge(self, index: int, edge: Edge) -> Cell:
        """The cell with another edge at one place."""
        return Cell((*self.edges[:index], edge, *self.edges[index + 1 :]), self.concat)


@dataclass(frozen=True, order=True)
class Genotype:
    """A normal and a reduction cell; ``str`` and :meth:`parse` round-trip in the DARTS notation."""

    normal: Cell
    reduce: Cell

    def __str__(self) -> str:
        return (
            f"Genotype(normal={list(self.normal.edges)}, normal_concat={list(self.normal.concat)}, "
            f"reduce={list(self.reduce.edges)}, reduce_concat={list(self.reduce.concat)})"
        )

    @classmethod
    def parse(cls, text: str) -> Genotype:
        """Read ``Genotype(normal=[('sep_conv_3x3', 0), ...], normal_concat=range(2, 6), ...)`` without eval.

        Other notations are read by :func:`nascope.spaces.parse.parse_genotype`.

        Raises:
            NascopeError: text that is not of this form.
        """
        call = read_literal(text)
        if not isinstance(call, Call) or call.name != "Genotype" or call.arguments:
            raise NascopeError("malformed genotype: expected Genotype(normal=..., normal_concat=..., reduce=..., ...)")
        if sorted(call.fields) != sorted(FIELDS):
            raise NascopeError(f"malformed genotype: fields {sorted(call.fields)}, expected {sorted(FIELDS)}")
        return cls(_cell(call.fields, "normal"), _cell(call.fields, "reduce"))


def _cell(fields: dict[str, object], name: str) -> Cell:
    edges, concat = fields[name], fields[f"{name}_concat"]
    if not isinstance(edges, list | tuple) or not all(is_edge(edge) for edge in edges):
        raise NascopeError(f"malformed genotype: {name} must be a list of ('primitive', source) pairs")
    if not isinstance(concat, list | tuple) or not all(type(node) is int for node in concat):
        raise NascopeError(f"malformed genotype: {name}_concat must be a list of node numbers")
    try:
        return Cell(tuple((str(op), int(source)) for op, source in edges), tuple(concat))
    except NascopeError as error:
        raise NascopeError(f"{name} cell: {error}") from None


def is_edge(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value is a ``('primitive', source)`` pair."""
    return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int
