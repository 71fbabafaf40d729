"""Pattern-constrained samples of the DARTS space: Random, Skip, Prim, PrimSkip (Wan et al. 2022, section 5).

Skip gives the first node skip connections from both inputs. Prim draws operations from skips and separable
convolutions only. PrimSkip does both: outside the first node there are separable convolutions alone.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.genotype import Cell, Edge, Genotype

GROUPS = ("Random", "Skip", "Prim", "PrimSkip")
#: Groups whose sampler has two ways of wiring cells, ``corrected`` and ``as_coded``.
WIRED = ("Skip", "PrimSkip")
SEPARABLE = ("sep_conv_3x3", "sep_conv_5x5")
_RESIDUAL: tuple[Edge, Edge] = (("skip_connect", 0), ("skip_connect", 1))


def sample(rng: np.random.Generator, group: str, wiring: str = "corrected") -> Genotype:
    """One genotype of a group; normal and reduction cells are drawn independently.

    Args:
        rng: source of randomness.
        group: one of :data:`GROUPS`.
        wiring: ``"corrected"`` lets the nodes of Skip and PrimSkip read every earlier state; ``"as_coded"`` repeats the
            published sampler, which hides the latest one and so draws wider cells.

    Raises:
        NascopeError: an unknown group or wiring.
    """
    if group not in GROUPS or wiring not in ("corrected", "as_coded"):
        raise NascopeError(f"unknown group {group!r} or wiring {wiring!r}: choose from {GROUPS}, corrected or as_coded")
    return Genotype(_cell(rng, group, wiring), _cell(rng, group, wiring))


def _cell(rng: np.random.Generator, group: str, wiring: str) -> Cell:
    if group == "Random":
        return darts.SPACE.sample_cell(rng)
    if group == "Prim":
        return darts.SPACE.sample_cell(rng, ("skip_connect", *SEPARABLE))
    choices = SEPARABLE if group == "PrimSkip" else darts.PRIMITIVES
    hidden = 1 if wiring == "as_coded" else 0
    edges = list(_RESIDUAL)
    for node in range(1, darts.SPACE.nodes):
        for source in rng.choice(node + 2 - hidden, size=2, replace=False):
            edges.append((choices[int(rng.integers(len(choices)))], int(source)))
    return Cell(tuple(edges), tuple(range(2, darts.SPACE.nodes + 2)))


def follows_pattern(cell: Cell) -> bool:
    """Whether a cell has what good ones share according to the paper: a residual link, mostly separable convolutions.

    A skip connection leads from a cell input into some node, and at least half of the operations are separable
    convolutions of any size.
    """
    residual = any(op == "skip_connect" and source < 2 for op, source in cell.edges)
    separable = sum(op.startswith("sep_conv") for op, _ in cell.edges)
    return residual and 2 * separable >= len(cell.edges)


def pattern_base_rate(nodes: int = darts.SPACE.nodes) -> float:
    """Exact share of all cells of the DARTS primitives that follow the pattern.

    Operations are uniform, and so are the pairs of distinct sources of each node.

    Args:
        nodes: intermediate nodes per cell.
    """
    separable, skip = len(SEPARABLE) / len(darts.PRIMITIVES), 1 / len(darts.PRIMITIVES)
    # Probability of (separable convolutions so far, a residual link so far).
    shares = {(0, False): 1.0}
    for node in range(nodes):
        pairs = list(combinations(range(node + 2), 2))
        following: dict[tuple[int, bool], float] = {}
        for (count, residual), share in shares.items():
            for pair in pairs:
                options = [((1, False), separable), ((0, True), skip), ((0, False), 1 - separable - skip)]
                for first, second in product(options, repeat=2):
                    links = [kind[1] and source < 2 for (kind, _), source in zip((first, second), pair, strict=True)]
                    state = (count + first[0][0] + second[0][0], residual or any(links))
                    following[state] = following.get(state, 0.0) + share * first[1] * second[1] / len(pairs)
        shares = following
    return sum(share for (count, residual), share in shares.items() if residual and count >= nodes)
