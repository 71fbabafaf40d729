"""Cells as modules: by their canonical program (fast), or edge by edge as the papers' code does.

:class:`EdgeCell` builds every edge of the genotype, dead ones too: published parameter counts include them, and tests
compare it with :class:`nascope.networks.program_cell.ProgramCell`.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from nascope.networks.droppath import DropPath
from nascope.networks.layers import BuildOptions, concat, older_input, relu_conv_norm
from nascope.networks.operations import Shift, build_operation
from nascope.networks.program_cell import MakeOperation, ProgramCell
from nascope.spaces.canonical import canonical_form
from nascope.spaces.genotype import Cell
from nascope.spaces.nasbench201 import NasBench201Cell


class EdgeCell(nn.Module):
    """Every edge of a genotype's cell as an operation of its own, in the genotype's order."""

    def __init__(self, cell: Cell | NasBench201Cell, make: MakeOperation, *, reduction: bool = False) -> None:
        super().__init__()
        self.concat: tuple[int, ...]
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
        reduction: whether the cell halves the resolution.
        reduction_before: whether the previous cell halved it, so that the older input must be halved too.
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
        self.body: ProgramCell | EdgeCell
        if prune:
            self.body = ProgramCell(canonical_form(cell, reduction=reduction), make, reduction=reduction)
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
