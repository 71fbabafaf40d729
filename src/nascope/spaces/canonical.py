"""Canonical keys: equal exactly when two genotypes compute the same function of their weights.

A cell is rewritten as a small program. Each operation with weights (and each opaque pooling of the
DARTS space) is an *instance*; a node is a formal sum of instances, inputs and poolings of them. Skips
add nothing to the program, ``none`` and what it feeds vanish, and instances that no output uses are
dropped. The key is the program under the numbering of instances that gives the smallest text, so node
order and input order do not matter, while sharing does: ``c(x) + c(x)`` computed twice with two sets of
weights is not twice the same ``c(x)``, although the benchmark's string rule merges them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell

# An atom is ("x", input number) or ("i", instance number); a sum counts (atom, poolings applied to it).
Atom = tuple[str, int]
Sum = Counter[tuple[Atom, int]]


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
        merged: what the key leaves out or joins, one sentence an edge, in the genotype's own edge numbers.
    """

    key: str
    instances: tuple[Instance, ...]
    outputs: tuple[tuple[Term, ...], ...]
    edges: tuple[int, ...]
    merged: tuple[str, ...]


@dataclass
class _Program:
    labels: list[str] = field(default_factory=list)
    inputs: list[Sum] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    outputs: list[Sum] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def add(self, label: str, value: Sum, edge: int) -> Sum:
        self.labels.append(label)
        self.inputs.append(value)
        self.edges.append(edge)
        return Counter({(("i", len(self.labels) - 1), 0): 1})

    def pool(self, value: Sum) -> Sum:
        """Average pooling is linear and leaves a constant (a fed-by-zero convolution's shift) as it is."""
        pooled: Sum = Counter()
        for (atom, times), count in value.items():
            constant = atom[0] == "i" and self.labels[atom[1]] == "bias"
            pooled[(atom, times if constant else times + 1)] += count
        return pooled


def canonical_key(genotype: Genotype | NasBench201Cell) -> str:
    """The key of a genotype; genotypes of different spaces never share one."""
    if isinstance(genotype, NasBench201Cell):
        return "nb201:" + canonical_form(genotype).key
    normal, reduce = canonical_form(genotype.normal), canonical_form(genotype.reduce, reduction=True)
    return f"cell:{normal.key} / {reduce.key}"


def canonical_form(cell: Cell | NasBench201Cell, *, reduction: bool = False) -> CanonicalForm:
    """Rewrite one cell; ``reduction`` says that operations on the two inputs have stride 2."""
    program = _nasbench201(cell) if isinstance(cell, NasBench201Cell) else _two_input(cell, reduction)
    live = _live(program)
    for index, edge in enumerate(program.edges):
        if index not in live:
            program.merged.append(f"edge {edge}: {program.labels[index]} is dead, no output uses it")
    program.merged += _bias_notes(program, live)
    key, order = min(_labelled(program, order) for order in _orders(program, sorted(live)))
    numbers = {instance: number for number, instance in enumerate(order)}
    return CanonicalForm(
        key,
        tuple(Instance(program.labels[i], _terms(program.inputs[i], numbers)) for i in order),
        tuple(_terms(output, numbers) for output in sorted(program.outputs, key=lambda out: _text(out, numbers))),
        tuple(program.edges[i] for i in order),
        tuple(sorted(program.merged)),
    )


def _terms(value: Sum, numbers: dict[int, int]) -> tuple[Term, ...]:
    terms = (
        Term(count, pools, (kind, index if kind == "x" else numbers[index]))
        for ((kind, index), pools), count in value.items()
    )
    return tuple(sorted(terms, key=lambda term: (term.pools, term.atom, term.count)))


def _bias_notes(program: _Program, live: set[int]) -> list[str]:
    return [
        f"edge {program.edges[i]}: a convolution of zero is its BatchNorm shift alone"
        for i in sorted(live)
        if program.labels[i] == "bias"
    ]


def _nasbench201(cell: NasBench201Cell) -> _Program:
    program = _Program()
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


def _two_input(cell: Cell, reduction: bool) -> _Program:
    program = _Program()
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


def _live(program: _Program) -> set[int]:
    live: set[int] = set()
    stack = [atom for output in program.outputs for atom, _ in output]
    while stack:
        kind, index = stack.pop()
        if kind == "i" and index not in live:
            live.add(index)
            stack += [atom for atom, _ in program.inputs[index]]
    return live


def _orders(program: _Program, live: list[int]) -> Iterable[list[int]]:
    """Numberings of the live instances that respect their refined colours; ties are tried one by one."""
    stack = [_refine(program, dict.fromkeys(live, 0))]
    while stack:
        colours = stack.pop()
        sizes = Counter(colours.values())
        tied = min((colour for colour, count in sizes.items() if count > 1), default=None)
        if tied is None:
            yield sorted(live, key=colours.__getitem__)
            continue
        for chosen in (i for i in live if colours[i] == tied):
            # Doubling makes room for the chosen instance just before the rest of its class.
            split = {i: 2 * colour - (i == chosen) for i, colour in colours.items()}
            stack.append(_refine(program, split))


def _refine(program: _Program, colours: dict[int, int]) -> dict[int, int]:
    """Colour refinement over inputs and uses until it is stable; colours are ranks, hence comparable."""
    while True:
        signatures = {i: (colours[i], *_surroundings(program, colours, i)) for i in colours}
        ranks = {signature: rank for rank, signature in enumerate(sorted(set(signatures.values())))}
        refined = {i: ranks[signatures[i]] for i in colours}
        if len(ranks) == len(set(colours.values())):
            return refined
        colours = refined


def _surroundings(program: _Program, colours: dict[int, int], index: int) -> tuple:
    inputs = _text(program.inputs[index], colours)
    uses = [
        (colours[user], pools, count)
        for user in colours
        for (atom, pools), count in program.inputs[user].items()
        if atom == ("i", index)
    ]
    final = [
        (_text(output, colours), pools, count)
        for output in program.outputs
        for (atom, pools), count in output.items()
        if atom == ("i", index)
    ]
    return program.labels[index], inputs, tuple(sorted(uses)), tuple(sorted(final))


def _text(value: Sum, numbers: dict[int, int]) -> str:
    terms = []
    for ((kind, index), pools), count in value.items():
        name = f"x{index}" if kind == "x" else f"#{numbers[index]:02d}"
        terms.append((f"{count}*" if count > 1 else "") + "P" * pools + name)
    return "+".join(sorted(terms)) or "0"


def _labelled(program: _Program, order: list[int]) -> tuple[str, list[int]]:
    numbers = {instance: number for number, instance in enumerate(order)}
    lines = [f"{program.labels[i]}({_text(program.inputs[i], numbers)})" for i in order]
    outputs = sorted(_text(output, numbers) for output in program.outputs)
    return "; ".join([*lines, "[" + ", ".join(outputs) + "]"]), order
