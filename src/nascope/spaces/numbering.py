"""Numberings of a program's instances, and the text of a program under one: the second step to the canonical form.

Colour refinement tells instances apart by what they are applied to and by what uses them. An instance of the first tie
that remains is then singled out, and so on: the smallest text over all numberings that such choices lead to does not
depend on how a genotype is written. Choices that a symmetry of the program maps onto earlier ones lead to the same
texts and are left out, as in graph canonisation (McKay 1981, "Practical graph isomorphism"); the result is that of
trying all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from nascope.spaces.program import Program
from nascope.spaces.surroundings import Surroundings


def smallest(program: Program, live: Sequence[int]) -> tuple[str, list[int]]:
    """The smallest text of a program over the numberings of its live instances, and the instances in that order.

    Of several numberings with that text it is the first in lexicographic order.

    Args:
        program: a cell's program.
        live: the instances that some output uses, ascending.
    """
    search = _Search(program, live)
    search.visit(search.surroundings.refine(dict.fromkeys(live, 0)), ())
    text = min(search.found)
    return text, search.found[text][0]


class _Search:
    """A depth-first search over the choices at ties.

    Attributes:
        surroundings: what refines colours.
        found: for each text the first numbering that gives it, and the choices that led there.
        symmetries: permutations of the instances that leave the program as it is; fixed points may be left out.
    """

    def __init__(self, program: Program, live: Sequence[int]) -> None:
        self.surroundings = Surroundings(program, live)
        self.found: dict[str, tuple[list[int], tuple[int, ...]]] = {}
        self.symmetries: list[dict[int, int]] = []

    def visit(self, colours: dict[int, int], path: tuple[int, ...]) -> int:
        """Search below some choices.

        Returns:
            The number of first choices to go back to. It is smaller than that of ``path`` where all that is below one
            of them is the image of what has been visited.
        """
        sizes = Counter(colours.values())
        tied = min((colour for colour, count in sizes.items() if count > 1), default=None)
        if tied is None:
            return self._arrive(sorted(colours, key=colours.__getitem__), path)
        visited: dict[int, dict[int, int]] = {}
        for chosen in (i for i in colours if colours[i] == tied):
            if not visited.keys().isdisjoint(self._orbit(chosen, path)):
                continue
            # Doubling makes room for the chosen instance just before the rest of its class.
            split = {i: 2 * colour - (i == chosen) for i, colour in colours.items()}
            below = self.surroundings.refine(split)
            if any(self._is_image(earlier, below) for earlier in visited.values()):
                continue
            visited[chosen] = below
            back = self.visit(below, (*path, chosen))
            if back < len(path):
                return back
        return len(path)

    def _arrive(self, order: list[int], path: tuple[int, ...]) -> int:
        """Note a numbering; one with a known text is the image of the known one under a symmetry."""
        known = self.found.setdefault(self.surroundings.text(order), (order, path))
        if known[0] is order:
            return len(path)
        self.symmetries.append(dict(zip(known[0], order, strict=True)))
        return next(place for place, (old, new) in enumerate(zip(known[1], path, strict=True)) if old != new)

    def _orbit(self, start: int, path: Iterable[int]) -> set[int]:
        """Where the known symmetries that leave the choices of ``path`` in place can take an instance."""
        kept = [symmetry for symmetry in self.symmetries if all(symmetry.get(i, i) == i for i in path)]
        orbit, waiting = {start}, [start]
        while waiting:
            place = waiting.pop()
            # Powers of a permutation reach its inverse: forward steps are enough.
            new = {symmetry.get(place, place) for symmetry in kept} - orbit
            orbit |= new
            waiting += new
        return orbit

    def _is_image(self, earlier: dict[int, int], later: dict[int, int]) -> bool:
        """Whether exchanging the instances that differ between two colourings is a symmetry; if so, it is noted.

        This guess spares most symmetries the way down to two numberings. One that it misses is found there.
        """
        moved = [i for i in earlier if earlier[i] != later[i]]
        sources = sorted(moved, key=lambda i: (earlier[i], i))
        targets = sorted(moved, key=lambda i: (later[i], i))
        if [earlier[i] for i in sources] != [later[i] for i in targets]:
            return False
        symmetry = dict(zip(sources, targets, strict=True))
        if self.surroundings.is_symmetry(symmetry):
            self.symmetries.append(symmetry)
            return True
        return False
