"""All wirings of a two-input cell: exactly how wide and deep random connections are (Shu et al. 2020, section 3)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import product

from nascope.spaces.genotype import Cell
from nascope.spaces.topology import depth, width


@lru_cache
def wiring_distribution(nodes: int, concat: tuple[int, ...]) -> dict[tuple[float, int], float]:
    """Exact probability of each (width in c, depth) when every source is drawn uniformly, repeats allowed.

    Wirings with the same longest paths so far and the same number of edges from the inputs are counted together
    (there are 14,400 wirings of four nodes and 518,400 of five).

    Args:
        nodes: intermediate nodes, with two inputs each.
        concat: states whose concatenation is the output; the first node is state 2.
    """
    counts: Counter[tuple[tuple[int, ...], int]] = Counter({((), 0): 1})
    for node in range(nodes):
        following: Counter[tuple[tuple[int, ...], int]] = Counter()
        for (longest, from_inputs), count in counts.items():
            levels = (0, 0, *longest)
            for pair in product(range(node + 2), repeat=2):
                path = 1 + max(levels[source] for source in pair)
                following[(*longest, path), from_inputs + sum(source < 2 for source in pair)] += count
        counts = following
    total = sum(counts.values())
    distribution: Counter[tuple[float, int]] = Counter()
    for (longest, from_inputs), count in counts.items():
        distribution[from_inputs / 2, 1 + max(longest[state - 2] for state in concat)] += count
    return {place: count / total for place, count in sorted(distribution.items())}


def standing(cell: Cell) -> tuple[float, float]:
    """Shares of all wirings with the same nodes and output that are narrower, and that are deeper; ties count half."""
    own_width, own_depth = width(cell), depth(cell)
    narrower = deeper = 0.0
    for (other_width, other_depth), probability in wiring_distribution(cell.nodes, cell.concat).items():
        narrower += probability * ((other_width < own_width) + (other_width == own_width) / 2)
        deeper += probability * ((other_depth > own_depth) + (other_depth == own_depth) / 2)
    return narrower, deeper
