"""Genotypes from the text that nascope's own tables hold."""

from __future__ import annotations

from nascope.spaces.genotype import Genotype
from nascope.spaces.nasbench201 import NasBench201Cell


def stored_genotype(text: str) -> Genotype | NasBench201Cell:
    """The genotype whose ``str`` a table holds; what people write is read by ``nascope.spaces.parse``.

    Raises:
        NascopeError: text of neither form.
    """
    return NasBench201Cell.parse(text) if text.startswith("|") else Genotype.parse(text)
