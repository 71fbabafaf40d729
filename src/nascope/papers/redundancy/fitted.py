"""The surrogate of the DARTS space, in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nascope.analysis.ranking import prediction_quality
from nascope.config.section import Section
from nascope.evidence.intervals import correlation
from nascope.evidence.scope import Trained


class Fitted(Section, frozen=True, kw_only=True):
    """What the surrogate is fitted to.

    Attributes:
        architectures: ``own``, or the path of NAS-Bench-301's archive.
        trained: set-up of our own trainings, which an archive makes superfluous.
    """

    architectures: str
    trained: Trained

    def __str__(self) -> str:
        """As in ``surrogate fitted to architectures trained here on digits with protocol digits_darts``."""
        own = f"architectures {self.trained}"
        return f"surrogate fitted to {own if self.architectures == 'own' else Path(self.architectures).name}"


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


#: Kendall's tau of predicted with held-out errors that a surrogate's interval has to exceed to say anything.
WEAKEST = 0.3


def no_signal(predictions: pd.DataFrame) -> str:
    """Why a surrogate decides nothing, from its ``predictions`` table; empty where it can.

    The interval is Fisher's with the variance of Fieller et al. (1957).
    """
    _, tau = prediction_quality(predictions)
    found = correlation(tau, 0.437, len(predictions), 4, "")
    if found.low > WEAKEST:
        return ""
    return f"a surrogate without signal: Kendall's tau {tau:.2f} on held-out cells is not surely above {WEAKEST}"


def held_out(predictions: pd.DataFrame) -> str:
    """How far a surrogate can be trusted, from its ``predictions`` table."""
    r2, tau = prediction_quality(predictions)
    return f"R² {r2:.2f} and Kendall's tau {tau:.2f} on held-out architectures"
