"""Search spaces: genotypes as immutable values, and what can be done with them without a network."""

from nascope.spaces.canonical import canonical_form, canonical_key
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201 import NasBench201Cell

__all__ = ["Cell", "Genotype", "NasBench201Cell", "canonical_form", "canonical_key", "parse_genotype"]


def parse_genotype(text: str) -> Genotype | NasBench201Cell:
    """Parse either notation: ``|op~0|+|op~0|op~1|...`` or ``Genotype(normal=[...], ...)``."""
    stripped = text.strip()
    return NasBench201Cell.parse(stripped) if stripped.startswith("|") else Genotype.parse(stripped)
