"""What can stand in the place of a genotype's reduction cell (Wan et al. 2022: does searching it matter?)."""

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
        treatment: ``same`` uses the normal cell for both, ``swapped`` exchanges the two cells, ``plain`` takes a cell
            of max pooling from both inputs in every node, ``random`` one of the DARTS primitives.
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
    """Nothing searched: every node pools both inputs of the cell, without parameters but those of preprocessing."""
    return Cell((("max_pool_3x3", 0), ("max_pool_3x3", 1)) * nodes, tuple(range(2, nodes + 2)))
