"""Cells as small programs of operations on formal sums, the first step to their canonical form.

Each operation with weights (and each opaque pooling of the DARTS space) is an *instance*. A node is a formal sum of
instances, inputs and average poolings of them. Skips add nothing to the program; ``none`` and what it feeds vanish.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nascope.spaces.genotype import Cell
    from nascope.spaces.nasbench201 import NasBench201Cell

#: ``("x", input number)`` or ``("i", instance number)``.
Atom = tuple[str, int]
#: How often each (atom, average poolings applied to it) occurs.
Sum = Counter[tuple[Atom, int]]


@dataclass
class Program:
    """Instances in the order of the genotype's edges, and the sums that leave the cell.

    Attributes:
        labels: operation of each instance; ``bias`` is a convolution of zero.
        inputs: what each instance is applied to (empty: zero).
        edges: index of the genotype's edge that each instance comes from.
        outputs: one sum for each output (NAS-Bench-201) or concatenated node.
        merged: sentences on the edges that the program leaves out or joins.
    """

    labels: list[str] = field(default_factory=list)
    inputs: list[Sum] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    outputs: list[Sum] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def add(self, label: str, value: Sum, edge: int) -> Sum:
        """Append an instance that is applied to ``value`` and return its result."""
        self.labels.append(label)
        self.inputs.append(value)
        self.edges.append(edge)
        return Counter({(("i", len(self.labels) - 1), 0): 1})

    def pool(self, value: Sum) -> Sum:
        """Average pooling is linear and leaves a constant (the shift of a convolution of zero) as it is."""
        pooled: Sum = Counter()
        for (atom, times), count in value.items():
            constant = atom[0] == "i" and self.labels[atom[1]] == "bias"
            pooled[(atom, times if constant else times + 1)] += count
        return pooled

    def live(self) -> set[int]:
        """The instances that some output uses."""
        found: set[int] = set()
        stack = [atom for output in self.outputs for atom, _ in output]
        while stack:
            kind, index = stack.pop()
            if kind == "i" and index not in found:
                found.add(index)
                stack += [atom for atom, _ in self.inputs[index]]
        return found


def nasbench201_program(cell: NasBench201Cell) -> Program:
    """The program of a NAS-Bench-201 cell; it has one input and one output."""
    program = Program()
    values: list[Sum] = [Counter({(("x", 0), 0): 1})]
    for target in range(1, cell.nodes):
        total: Sum = Counter()
        for edge, (source, node, op) in enumerate(cell.edges):
            if node != target:
                continue
            value = values[source]
            if op == "none":
                program.merged.append(f"edge {edge}: none adds nothing")
            elif op == "skip_connect":
                total += value
                program.merged.append(f"edge {edge}: skip_connect joins node {source} into node {node}")
            elif op == "avg_pool_3x3":
                total += program.pool(value)
            else:
                total += program.add(op if value else "bias", value, edge)
        values.append(total)
    program.outputs = [values[-1]]
    return program


def two_input_program(cell: Cell, *, reduction: bool) -> Program:
    """The program of a two-input cell; ``reduction`` says that operations on the two inputs have stride 2."""
    program = Program()
    values: list[Sum] = [Counter({(("x", state), 0): 1}) for state in (0, 1)]
    for node, pair in cell.by_node():
        total: Sum = Counter()
        for offset, (op, source) in enumerate(pair):
            edge = 2 * (node - 2) + offset
            if op == "none":
                program.merged.append(f"edge {edge}: none adds nothing")
            elif op == "skip_connect" and not (reduction and source < 2):
                total += values[source]
                program.merged.append(f"edge {edge}: skip_connect joins state {source} into node {node}")
            elif op in ("max_pool_3x3", "avg_pool_3x3") and not values[source]:
                program.merged.append(f"edge {edge}: {op} of zero adds nothing")
            else:
                total += program.add(op, values[source], edge)
        values.append(total)
    program.outputs = [values[node] for node in cell.concat]
    return program
