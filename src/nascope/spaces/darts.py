"""The DARTS space: four nodes per cell and seven primitives (Liu, Simonyan & Yang 2019)."""

from __future__ import annotations

from nascope.errors import NascopeError
from nascope.spaces.cellspace import CellSpace
from nascope.spaces.genotype import Genotype

#: In the order of Wan et al.'s figures: convolutions, skip, pools.
PRIMITIVES = (
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
    "skip_connect",
    "max_pool_3x3",
    "avg_pool_3x3",
)

SPACE = CellSpace("darts", 4, PRIMITIVES)


def check_named(name: str, genotype: Genotype) -> None:
    """Refuse a genotype outside the DARTS space.

    Raises:
        NascopeError: the message begins with the name.
    """
    try:
        SPACE.check(genotype)
    except NascopeError as error:
        raise NascopeError(f"{name}: {error}") from None


def in_space(genotype: Genotype | str) -> bool:
    """Whether a genotype, or its text, belongs to the DARTS space and has no disabled edge."""
    if isinstance(genotype, str):
        if not genotype.startswith("Genotype("):
            return False
        genotype = Genotype.parse(genotype)
    try:
        SPACE.check(genotype)
    except NascopeError:
        return False
    return all(op != "none" for cell in (genotype.normal, genotype.reduce) for op, _ in cell.edges)
