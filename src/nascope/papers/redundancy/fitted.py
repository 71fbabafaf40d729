"""The surrogate of the DARTS space, in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nascope.analysis.ranking import prediction_quality
from nascope.config.section import Section
from nascope.evidence.scope import Trained
from nascope.papers.redundancy.settings import OWN, SHIPPED


class Fitted(Section, frozen=True, kw_only=True):
    """What the surrogate is fitted to.

    Attributes:
        architectures: as in the configuration.
        trained: set-up of our own trainings, which an archive makes superfluous.
    """

    architectures: str
    trained: Trained

    def __str__(self) -> str:
        """As in ``surrogate fitted to architectures trained here on digits with protocol digits_darts``."""
        own = f"architectures {self.trained}"
        if self.architectures == SHIPPED:
            return "surrogate fitted to NAS-Bench-301's published predictions"
        return f"surrogate fitted to {own if self.architectures == OWN else Path(self.architectures).name}"


class Chosen(Section, frozen=True, kw_only=True):
    """Genotypes that are the best, or the worst, of random ones.

    Attributes:
        fitted: the surrogate that says so.
        population: how many random genotypes.
        fraction: share of them that counts as best, and as worst.
    """

    fitted: Fitted
    population: int
    fraction: float

    @property
    def share(self) -> str:
        """As in ``5% of 1000 random genotypes``."""
        return f"{100 * self.fraction:g}% of {self.population} random genotypes"


def held_out(predictions: pd.DataFrame) -> str:
    """How far a surrogate can be trusted, from its ``predictions`` table."""
    r2, tau = prediction_quality(predictions)
    return f"R² {r2:.2f} and Kendall's tau {tau:.2f} on held-out architectures"
