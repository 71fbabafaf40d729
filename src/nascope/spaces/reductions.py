"""Other reduction cells for a genotype: does searching them matter (Wan et al. 2022)?"""

from __future__ import annotations

import numpy as np

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.cellspace import CellSpace
from nascope.spaces.genotype import Cell, Genotype

TREATMENTS = ("same", "swapped", "plain", "random")


def exchange_reduction(genotype: Genotype, treatment: str, rng: np.random.Generator) -> Genotype:
    """A genotype with another reduction cell.

    Args:
        genotype: of any two-input space.
        treatment: ``same`` uses the normal cell for both, ``swapped`` exchanges the two cells, ``plain`` takes
            :func:`plain_cell`, ``random`` draws a cell of the DARTS primitives.
        rng: of the random cell.

    Raises:
        NascopeError: an unknown treatment.
    """
    normal, reduce = genotype.normal, genotype.reduce
    if treatment == "same":
        return Genotype(normal, normal)
    if treatment == "swapped":
        return Genotype(reduce, normal)
    if treatment == "plain":
        return Genotype(normal, plain_cell(reduce.nodes))
    if treatment == "random":
        return Genotype(normal, CellSpace("any", reduce.nodes, darts.PRIMITIVES).sample_cell(rng))
    raise NascopeError(f"unknown treatment {treatment!r} of reduction cells; choose from {', '.join(TREATMENTS)}")


def plain_cell(nodes: int) -> Cell:
    """The cell in which every node max-pools both inputs: nothing was searched, and it has no weights of its own."""
    return Cell((("max_pool_3x3", 0), ("max_pool_3x3", 1)) * nodes, tuple(range(2, nodes + 2)))
