"""What every oracle offers: a table, a fitted surrogate or real trainings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

#: The genotypes that an oracle knows: of two cells, or NAS-Bench-201's cells.
Known = TypeVar("Known", contravariant=True)


class Oracle(Protocol[Known]):
    """Answers with the error of genotypes at one fidelity.

    Attributes:
        dataset: name of the data set.
        fidelity: how the errors were obtained, in words.
        noise: standard deviation of one run's error around a genotype's mean, as a fraction.
    """

    dataset: str
    fidelity: str
    noise: float

    def error(self, genotypes: Sequence[Known]) -> np.ndarray:
        """Error of each genotype as a fraction, (genotypes,).

        Raises:
            NascopeError: a genotype that the oracle does not know.
        """
        ...

    def cost(self, genotypes: Sequence[Known]) -> np.ndarray:
        """Seconds that training for each answer would have taken, (genotypes,); NaN where that is not recorded."""
        ...
