"""What every oracle offers, be it a table, a fitted surrogate or real training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nascope.spaces import Genotype, NasBench201Cell


class Oracle(Protocol):
    """Answers with the error of genotypes at one fidelity.

    Attributes:
        dataset: what the errors are about.
        fidelity: how the errors were obtained, in words.
        noise: standard deviation of one run's error around a genotype's mean, as a fraction.
    """

    dataset: str
    fidelity: str
    noise: float

    def error(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """Error of each genotype as a fraction, shape (n,).

        Raises:
            NascopeError: a genotype that the oracle does not know.
        """
        ...

    def cost(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """Seconds that each answer would have cost by training, shape (n,); NaN where it is not recorded."""
        ...
