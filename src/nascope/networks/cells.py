"""Cells as modules: from the canonical program (fast), and edge by edge as the papers' code does.

:class:`ProgramCell` computes nothing that the output does not use, merges skips into sums and evaluates
poolings by Horner's rule; genotypes with the same canonical key give the very same module.
:class:`EdgeCell` builds every edge of the genotype, dead ones too: parameter counts are published for
it, and tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nascope.networks.droppath import DropPath
from nascope.networks.operations import (
    BuildOptions,
    Shift,
    build_operation,
    concat,
    older_input,
    relu_conv_norm,
)
from nascope.spaces.canonical import CanonicalForm, Term, canonical_form
from nascope.spaces.genotype import Cell
from nascope.spaces.nasbench201 import NasBench201Cell

MakeOperation = Callable[[str, int], nn.Module]


class ProgramCell(nn.Module):
    """Runs a canonical form on a cell's inputs.

    Args:
        form: the program.
        make: builds the operation of a label at a stride.
        reduction: whether operations on the cell's inputs have stride 2.
    """

    def __init__(self, form: CanonicalForm, make: MakeOperation, *, reduction: bool = False) -> None:
        super().__init__()
        self.reduction = reduction
        self.inputs = [instance.inputs for instance in form.instances]
        self.outputs = form.outputs
        self.order = _schedule(self.inputs)
        self.operations = nn.ModuleList(
            make(instance.label, 2 if reduction and any(t.atom[0] == "x" for t in instance.inputs) else 1)
            for instance in form.instances
        )

    def forward(self, states: Sequence[Tensor], drop_path: DropPath | None = None) -> list[Tensor]:
        """Apply the cell to its input states; one tensor for each of the form's outputs."""
        values: dict[tuple[str, int], Tensor] = {("x", i): state for i, state in enumerate(states)}
        like = states[-1][:, :, ::2, ::2] if self.reduction else states[-1]
        for index in self.order:
            value = self.operations[index](_evaluate(self.inputs[index], values, like))
            values["i", index] = drop_path(value) if drop_path else value
        return [_evaluate(output, values, like) for output in self.outputs]

    def uses(self, state: int) -> bool:
        """Whether an input state matters to the output."""
        sums = [*self.inputs, *self.outputs]
        return any(term.atom == ("x", state) for terms in sums for term in terms)


def _schedule(inputs: list[tuple[Term, ...]]) -> list[int]:
    """Instances in an order in which each comes after those it reads."""
    order: list[int] = []
    while len(order) < len(inputs):
        for index, terms in enumerate(inputs):
            needs = {term.atom[1] for term in terms if term.atom[0] == "i"}
            if index not in order and needs <= set(order):
                order.append(index)
    return order


def _evaluate(terms: tuple[Term, ...], values: dict[tuple[str, int], Tensor], like: Tensor) -> Tensor:
    """The sum of terms; poolings are linear, so P(a) + P(P(b)) is computed as P(a + P(b))."""
    if not terms:
        return torch.zeros_like(like)
    total: Tensor | None = None
    for power in range(max(term.pools for term in terms), -1, -1):
        for term in terms:
            if term.pools == power:
                value = values[term.atom] if term.count == 1 else term.count * values[term.atom]
                total = value if total is None else total + value
        if power and total is not None:
            total = F.avg_pool2d(total, 3, 1, 1, count_include_pad=False)
    assert total is not None
    return total


class EdgeCell(nn.Module):
    """Every edge of a genotype's cell as its own operation, in the genotype's order."""

    def __init__(self, cell: Cell | NasBench201Cell, make: MakeOperation, *, reduction: bool = False) -> None:
        super().__init__()
        if isinstance(cell, NasBench201Cell):
            self.edges = [(source, target) for source, target, _ in cell.edges]
            labels, self.states, self.concat = cell.ops, 1, (cell.nodes - 1,)
        else:
            self.edges = [(source, node) for node, pair in cell.by_node() for _, source in pair]
            labels, self.states, self.concat = tuple(op for op, _ in cell.edges), 2, cell.concat
        strides = [2 if reduction and source < self.states else 1 for source, _ in self.edges]
        self.operations = nn.ModuleList(make(label, stride) for label, stride in zip(labels, strides, strict=True))

    def forward(self, states: Sequence[Tensor], drop_path: DropPath | None = None) -> list[Tensor]:
        """Apply the cell to its input states; one tensor for each concatenated node."""
        values = dict(enumerate(states[-self.states :]))
        for (source, target), operation in zip(self.edges, self.operations, strict=True):
            value = operation(values[source])
            if drop_path and not isinstance(operation, nn.Identity):
                value = drop_path(value)
            values[target] = values[target] + value if target in values else value
        return [values[node] for node in self.concat]

    def uses(self, state: int) -> bool:
        """Always: the papers' code preprocesses both inputs."""
        return True


def nasbench201_cell(cell: NasBench201Cell, channels: int, options: BuildOptions, *, prune: bool = True) -> nn.Module:
    """One NAS-Bench-201 cell: a list with one input tensor to a list with one output tensor."""

    def make(label: str, stride: int) -> nn.Module:
        return Shift(channels, options) if label == "bias" else build_operation(label, channels, stride, options)

    return ProgramCell(canonical_form(cell), make) if prune else EdgeCell(cell, make)


class TwoInputCell(nn.Module):
    """A cell of the DARTS family: both inputs brought to ``channels``, nodes concatenated.

    Args:
        cell: the genotype's cell.
        c_before: channels of the output of the cell before the previous one.
        c_previous: channels of the previous cell's output.
        channels: channels of each node.
        reduction: halves the resolution.
        reduction_before: the previous cell halved it, so the older input must be halved too.
        options: how to build operations.
        prune: leave out what the output does not use.
    """

    def __init__(
        self,
        cell: Cell,
        c_before: int,
        c_previous: int,
        channels: int,
        *,
        reduction: bool,
        reduction_before: bool,
        options: BuildOptions,
        prune: bool = True,
    ) -> None:
        super().__init__()

        def make(label: str, stride: int) -> nn.Module:
            return build_operation(label, channels, stride, options)

        self.replicas = options.replicas
        if prune:
            self.body: nn.Module = ProgramCell(canonical_form(cell, reduction=reduction), make, reduction=reduction)
        else:
            self.body = EdgeCell(cell, make, reduction=reduction)
        self.before: nn.Module | None = None
        if self.body.uses(0):
            self.before = older_input(c_before, channels, options, halve=reduction_before)
        # The previous output is always preprocessed: it also gives the shape of a cell that uses neither input.
        self.previous = relu_conv_norm(c_previous, channels, 1, options)

    def forward(self, before: Tensor, previous: Tensor, drop_path: DropPath | None = None) -> Tensor:
        """Both inputs to (batch, replicas * len(concat) * channels, h, w)."""
        second = self.previous(previous)
        first = self.before(before) if self.before is not None else second
        return concat(self.body([first, second], drop_path), self.replicas)
