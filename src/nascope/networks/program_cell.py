"""Cells as modules, the fast way: a cell's canonical program.

Nothing is computed that the output does not use, skips are merged into sums, and poolings are evaluated by Horner's
rule. Genotypes with the same canonical key give the very same module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from nascope.networks.droppath import DropPath
from nascope.networks.layers import average_pool
from nascope.spaces.canonical import CanonicalForm, Term

#: Builds the operation of a label at a stride.
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
            total = average_pool(total)
    assert total is not None
    return total
