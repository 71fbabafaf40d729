"""Canonical keys: equal exactly when two genotypes compute the same function of their weights.

A cell is rewritten as a small program (:mod:`nascope.spaces.program`), and instances that no output uses are dropped.
The key is the program under the numbering of instances that gives the smallest text
(:mod:`nascope.spaces.numbering`). The order of nodes and inputs therefore does not matter, but sharing does:
``c(x) + c(x)`` computed twice with two sets of weights is not twice the same ``c(x)``, although the benchmark's own
string rule merges them.
"""

from __future__ import annotations

from dataclasses import dataclass

from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.numbering import smallest
from nascope.spaces.program import Atom, Program, Sum, nasbench201_program, two_input_program
from nascope.spaces.surroundings import Numbers, sum_text


@dataclass(frozen=True)
class Term:
    """One summand: ``count`` times an atom, average-pooled ``pools`` times."""

    count: int
    pools: int
    atom: Atom


@dataclass(frozen=True)
class Instance:
    """An operation with its own weights, applied to a sum (empty: zero)."""

    label: str
    inputs: tuple[Term, ...]


@dataclass(frozen=True)
class CanonicalForm:
    """A cell's key, the program behind it, and where its parts come from.

    Attributes:
        key: text equal for cells that compute the same function, different otherwise.
        instances: the operations, in the key's numbering; networks are built from them.
        outputs: one sum for each output (NAS-Bench-201) or concatenated node, in the key's order.
        edges: for each instance, in the key's numbering, the index of the genotype's edge that holds its weights.
        merged: what the key leaves out or joins, one sentence per edge, in the genotype's own edge numbers.
    """

    key: str
    instances: tuple[Instance, ...]
    outputs: tuple[tuple[Term, ...], ...]
    edges: tuple[int, ...]
    merged: tuple[str, ...]


def canonical_key(genotype: Genotype | NasBench201Cell) -> str:
    """The key of a genotype; genotypes of different spaces never share one."""
    if isinstance(genotype, NasBench201Cell):
        return "nb201:" + canonical_form(genotype).key
    normal, reduce = canonical_form(genotype.normal), canonical_form(genotype.reduce, reduction=True)
    return f"cell:{normal.key} / {reduce.key}"


def canonical_form(cell: Cell | NasBench201Cell, *, reduction: bool = False) -> CanonicalForm:
    """Rewrite one cell; ``reduction`` says that operations on the two inputs have stride 2."""
    if isinstance(cell, NasBench201Cell):
        program = nasbench201_program(cell)
    else:
        program = two_input_program(cell, reduction=reduction)
    live = program.live()
    key, order = smallest(program, sorted(live))
    numbers = {instance: number for number, instance in enumerate(order)}
    return CanonicalForm(
        key,
        tuple(Instance(program.labels[i], _terms(program.inputs[i], numbers)) for i in order),
        tuple(_terms(output, numbers) for output in sorted(program.outputs, key=lambda out: sum_text(out, numbers))),
        tuple(program.edges[i] for i in order),
        tuple(sorted([*program.merged, *_notes(program, live)])),
    )


def _terms(value: Sum, numbers: Numbers) -> tuple[Term, ...]:
    terms = (
        Term(count, pools, (kind, index if kind == "x" else numbers[index]))
        for ((kind, index), pools), count in value.items()
    )
    return tuple(sorted(terms, key=lambda term: (term.pools, term.atom, term.count)))


def _notes(program: Program, live: set[int]) -> list[str]:
    """Sentences on instances that no output uses, and on convolutions that are applied to nothing."""
    notes = []
    for index, (edge, label) in enumerate(zip(program.edges, program.labels, strict=True)):
        if index not in live:
            notes.append(f"edge {edge}: {label} is dead, no output uses it")
        elif label == "bias":
            notes.append(f"edge {edge}: a convolution of zero is its BatchNorm shift alone")
    return notes
