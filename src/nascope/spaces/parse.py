"""Genotypes of either kind of space from their text."""

from __future__ import annotations

from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell


def parse_genotype(text: str) -> Genotype | NasBench201Cell:
    """Parse either notation: ``|op~0|+|op~0|op~1|...`` or ``Genotype(normal=[...], ...)``.

    Raises:
        NascopeError: text of neither form.
    """
    stripped = text.strip()
    return NasBench201Cell.parse(stripped) if stripped.startswith("|") else Genotype.parse(stripped)
