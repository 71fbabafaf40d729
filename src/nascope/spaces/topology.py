"""Width and depth of cells, adapted cells and stratified connection variants (Shu et al. 2020, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from nascope.errors import NascopeError
from nascope.spaces.cellspace import random_connections
from nascope.spaces.genotype import Cell, Genotype

#: Wide, shallow cells are rare among random wirings: after this many draws a stratum counts as empty.
MAX_DRAWS = 20_000


@dataclass(frozen=True)
class Variant:
    """A random connection variant, its seed, and the width (in c) and depth of its normal cell."""

    genotype: Genotype
    seed: int
    width: float
    depth: int


def width(cell: Cell) -> float:
    """Width in units of c: each node counts by the share of its two inputs that come straight from a cell input."""
    return sum(source < 2 for _, source in cell.edges) / 2


def depth(cell: Cell) -> int:
    """Connections on the longest path from a cell input to the output, the one into the concatenation included."""
    longest = {0: 0, 1: 0}
    for node, pair in cell.by_node():
        longest[node] = 1 + max(longest[source] for _, source in pair)
    return 1 + max(longest[node] for node in cell.concat)


def adapt(genotype: Genotype) -> Genotype:
    """Rewire to the widest and shallowest cell: each node takes one edge from each input, operations are kept.

    An edge whose source already is an input keeps that source where its sibling can take the other one.
    """
    return Genotype(_adapt(genotype.normal), _adapt(genotype.reduce))


def _adapt(cell: Cell) -> Cell:
    edges = []
    for _, ((first_op, first), (second_op, second)) in cell.by_node():
        crossed = first == 1 if first < 2 else second == 0
        edges += [(first_op, int(crossed)), (second_op, int(not crossed))]
    return Cell(tuple(edges), cell.concat)


def stratified_variants(genotype: Genotype, widths: list[float], per_width: int) -> list[Variant]:
    """Connection variants whose normal cells have the given widths (in c), the first ``per_width`` seeds of each.

    They are ordered by increasing width, then by decreasing depth, as C1 to C12 in the paper.

    Raises:
        NascopeError: a width that :data:`MAX_DRAWS` random wirings do not reach often enough.
    """
    strata: dict[float, list[Variant]] = {wanted: [] for wanted in widths}
    for seed in count(1):
        if all(len(stratum) == per_width for stratum in strata.values()):
            break
        if seed > MAX_DRAWS:
            short = [f"{wanted}c" for wanted, stratum in strata.items() if len(stratum) < per_width]
            raise NascopeError(f"no {per_width} variants of width {', '.join(short)} in {MAX_DRAWS} random wirings")
        drawn = random_connections(genotype, seed)
        stratum = strata.get(width(drawn.normal))
        if stratum is not None and len(stratum) < per_width:
            stratum.append(Variant(drawn, seed, width(drawn.normal), depth(drawn.normal)))
    variants = [variant for stratum in strata.values() for variant in stratum]
    return sorted(variants, key=lambda variant: (variant.width, -variant.depth, variant.seed))
