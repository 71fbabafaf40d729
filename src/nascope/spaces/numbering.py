"""Numberings of a program's instances, and the text of a program under one: the second step to the canonical form.

Colour refinement tells instances apart by what they are applied to and by what uses them. Ties that remain are tried
one by one, so that the smallest text over all numberings that are left does not depend on how a genotype is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from nascope.spaces.program import Program, Sum

#: Instance to its colour or number.
Numbers = Mapping[int, int]
#: (its colour or text, poolings, count) of each place where an instance is used.
_Uses = tuple[tuple[int | str, int, int], ...]


def smallest(program: Program, live: Sequence[int]) -> tuple[str, list[int]]:
    """The smallest text of a program over the numberings of its live instances, and the instances in that order."""
    return min((_text(program, order), order) for order in _orders(program, live))


def sum_text(value: Sum, numbers: Numbers) -> str:
    """A sum as text, such as ``#01+2*Px0``: instance 1 plus twice the pooled first input."""
    terms = []
    for ((kind, index), pools), count in value.items():
        name = f"x{index}" if kind == "x" else f"#{numbers[index]:02d}"
        terms.append((f"{count}*" if count > 1 else "") + "P" * pools + name)
    return "+".join(sorted(terms)) or "0"


def _text(program: Program, order: Sequence[int]) -> str:
    numbers = {instance: number for number, instance in enumerate(order)}
    lines = [f"{program.labels[i]}({sum_text(program.inputs[i], numbers)})" for i in order]
    outputs = sorted(sum_text(output, numbers) for output in program.outputs)
    return "; ".join([*lines, "[" + ", ".join(outputs) + "]"])


def _orders(program: Program, live: Sequence[int]) -> Iterator[list[int]]:
    """Numberings of the live instances that respect their refined colours."""
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


def _refine(program: Program, colours: dict[int, int]) -> dict[int, int]:
    """Colour refinement until it is stable; colours are ranks of what surrounds an instance, hence comparable."""
    while True:
        signatures = {i: (colours[i], *_surroundings(program, colours, i)) for i in colours}
        ranks = {signature: rank for rank, signature in enumerate(sorted(set(signatures.values())))}
        refined = {i: ranks[signatures[i]] for i in colours}
        if len(ranks) == len(set(colours.values())):
            return refined
        colours = refined


def _surroundings(program: Program, colours: Numbers, index: int) -> tuple[str, str, _Uses, _Uses]:
    """Operation and inputs of an instance, and where instances and outputs use it."""
    uses: list[tuple[int | str, int, int]] = [
        (colours[user], pools, count)
        for user in colours
        for (atom, pools), count in program.inputs[user].items()
        if atom == ("i", index)
    ]
    final: list[tuple[int | str, int, int]] = [
        (sum_text(output, colours), pools, count)
        for output in program.outputs
        for (atom, pools), count in output.items()
        if atom == ("i", index)
    ]
    return program.labels[index], sum_text(program.inputs[index], colours), tuple(sorted(uses)), tuple(sorted(final))
