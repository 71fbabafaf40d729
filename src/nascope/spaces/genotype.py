"""Two-input cells in the DARTS notation: ``Genotype(normal, normal_concat, reduce, reduce_concat)``.

A cell has two input states (0 = output of the cell before the previous one, 1 = output of the previous one) and
intermediate nodes 2, 3, ...; each node sums two operations, each applied to an earlier state. The cell's output is the
channel-wise concatenation of the nodes in ``concat`` (Liu, Simonyan & Yang 2019, section 2.1).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nascope.errors import NascopeError

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

        Raises:
            NascopeError: text that is not of this form; the message gives the position (column, from 1).
        """
        fields = _parse_call(text)
        normal = _cell(fields, "normal")
        return cls(normal, _cell(fields, "reduce"))


def _parse_call(text: str) -> dict[str, ast.expr]:
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise NascopeError(f"malformed genotype at column {error.offset}: {error.msg}") from None
    except ValueError as error:  # the text has null bytes
        raise NascopeError(f"malformed genotype: {error}") from None
    if not (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Genotype" and not call.args
    ):
        raise NascopeError(
            "malformed genotype at column 1: expected Genotype(normal=..., normal_concat=..., reduce=..., ...)"
        )
    fields = {keyword.arg or "**": keyword.value for keyword in call.keywords}
    expected = {"normal", "normal_concat", "reduce", "reduce_concat"}
    if set(fields) != expected:
        raise NascopeError(f"malformed genotype: fields {sorted(fields)}, expected {sorted(expected)}")
    return fields


def _cell(fields: dict[str, ast.expr], name: str) -> Cell:
    edges = _literal(fields[name])
    if not isinstance(edges, (list, tuple)) or not all(_is_edge(edge) for edge in edges):
        column = fields[name].col_offset + 1
        raise NascopeError(
            f"malformed genotype at column {column}: {name} must be a list of ('primitive', source) pairs"
        )
    concat = _literal(fields[f"{name}_concat"])
    if not isinstance(concat, (list, tuple, range)) or not all(type(node) is int for node in concat):
        column = fields[f"{name}_concat"].col_offset + 1
        raise NascopeError(f"malformed genotype at column {column}: {name}_concat must be a list of node numbers")
    try:
        return Cell(tuple((str(op), int(source)) for op, source in edges), tuple(concat))
    except NascopeError as error:
        raise NascopeError(f"{name} cell: {error}") from None


def _is_edge(value: object) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _literal(node: ast.expr) -> object:
    """The value of a literal, or of the ``range(a, b)`` that published genotypes use for concat."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and not node.keywords:
        values = [_literal(argument) for argument in node.args]
        bounds = [value for value in values if type(value) is int and 0 <= value <= 99]
        if len(bounds) == len(values) and 1 <= len(bounds) <= 2:
            return range(*bounds)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise NascopeError(f"malformed genotype at column {node.col_offset + 1}: expected a literal") from None
