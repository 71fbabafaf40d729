"""What surrounds each instance of a program: its refinement of colours, its text, its symmetries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from nascope.spaces.program import Atom, Program

#: Instance to its colour or number.
Numbers = Mapping[int, int]
#: A sum, see :data:`nascope.spaces.program.Sum`.
Terms = Mapping[tuple[Atom, int], int]


def sum_text(value: Terms, numbers: Numbers) -> str:
    """A sum as text, such as ``#01+2*Px0``: instance 1 plus twice the pooled first input."""
    terms = []
    for ((kind, index), pools), count in value.items():
        name = f"x{index}" if kind == "x" else f"#{numbers[index]:02d}"
        terms.append((f"{count}*" if count > 1 else "") + "P" * pools + name)
    return "+".join(sorted(terms)) or "0"


class Surroundings:
    """The live part of a program, indexed by who reads what.

    Args:
        program: a cell's program.
        live: the instances that some output uses.
    """

    def __init__(self, program: Program, live: Sequence[int]) -> None:
        self._labels = program.labels
        self._outputs: list[Terms] = [dict(output) for output in program.outputs]
        #: What instances read, each sum once (all that read a node share its sum), and who reads it.
        self._sums: list[Terms] = []
        self._readers: list[list[int]] = []
        self._input: dict[int, int] = {}
        numbers: dict[int, int] = {}
        for i in live:
            value = program.inputs[i]
            number = numbers.setdefault(id(value), len(self._sums))
            if number == len(self._sums):
                self._sums.append(dict(value))
                self._readers.append([])
            self._readers[number].append(i)
            self._input[i] = number
        self._read, self._given = _places(self._sums), _places(self._outputs)

    def refine(self, colours: dict[int, int]) -> dict[int, int]:
        """Colour refinement until it is stable; colours are ranks of what surrounds an instance, hence comparable."""
        while True:
            sizes = Counter(colours.values())
            seen = self._seen(colours, [i for i, colour in colours.items() if sizes[colour] > 1])
            # An instance that is alone keeps its place among the classes, whatever surrounds it.
            signatures = {i: (colour, *seen.get(i, ())) for i, colour in colours.items()}
            ranks = {signature: rank for rank, signature in enumerate(sorted(set(signatures.values())))}
            refined = {i: ranks[signatures[i]] for i in colours}
            if len(ranks) == len(sizes):
                return refined
            colours = refined

    def _seen(self, colours: dict[int, int], tied: list[int]) -> dict[int, tuple[object, ...]]:
        """Operation and inputs of each tied instance, and where instances and outputs use it."""
        inputs = {at: sum_text(self._sums[at], colours) for at in {self._input[i] for i in tied}}
        outputs = [sum_text(output, colours) for output in self._outputs]
        readers = [[colours[reader] for reader in group] for group in self._readers]
        seen: dict[int, tuple[object, ...]] = {}
        for i in tied:
            uses = [(colour, pools, count) for at, pools, count in self._read.get(i, ()) for colour in readers[at]]
            final = [(outputs[at], pools, count) for at, pools, count in self._given.get(i, ())]
            seen[i] = self._labels[i], inputs[self._input[i]], tuple(sorted(uses)), tuple(sorted(final))
        return seen

    def text(self, order: Sequence[int]) -> str:
        """The program, when its live instances are numbered in this order."""
        numbers = {instance: number for number, instance in enumerate(order)}
        inputs = [sum_text(value, numbers) for value in self._sums]
        lines = [f"{self._labels[i]}({inputs[self._input[i]]})" for i in order]
        outputs = sorted(sum_text(output, numbers) for output in self._outputs)
        return "; ".join([*lines, "[" + ", ".join(outputs) + "]"])

    def is_symmetry(self, moved: Numbers) -> bool:
        """Whether the program stays the same when instances take each other's places; others stay where they are."""
        images = [_image(value, moved) for value in self._sums]
        for i, number in self._input.items():
            j = moved.get(i, i)
            if self._labels[i] != self._labels[j] or images[number] != self._sums[self._input[j]]:
                return False
        return _multiset(_image(output, moved) for output in self._outputs) == _multiset(self._outputs)


def _places(sums: Iterable[Terms]) -> dict[int, list[tuple[int, int, int]]]:
    """Where each instance occurs."""
    places: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for number, value in enumerate(sums):
        for ((kind, index), pools), count in value.items():
            if kind == "i":
                places[index].append((number, pools, count))
    return places


def _image(value: Terms, moved: Numbers) -> Terms:
    return {
        ((kind, moved.get(index, index) if kind == "i" else index), pools): count
        for ((kind, index), pools), count in value.items()
    }


def _multiset(sums: Iterable[Terms]) -> Counter[frozenset[tuple[tuple[Atom, int], int]]]:
    return Counter(frozenset(value.items()) for value in sums)
