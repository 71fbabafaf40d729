"""What every oracle offers: a table, a fitted surrogate or real trainings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from nascope.spaces.genotype import Genotype
    from nascope.spaces.nasbench201 import NasBench201Cell


class Oracle(Protocol):
    """Answers with the error of genotypes at one fidelity.

    Attributes:
        dataset: name of the data set.
        fidelity: how the errors were obtained, in words.
        noise: standard deviation of one run's error around a genotype's mean, as a fraction.
    """

    dataset: str
    fidelity: str
    noise: float

    def error(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """Error of each genotype as a fraction, (genotypes,).

        Raises:
            NascopeError: a genotype that the oracle does not know.
        """
        ...

    def cost(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """Seconds that training for each answer would have taken, (genotypes,); NaN where that is not recorded."""
        ...
