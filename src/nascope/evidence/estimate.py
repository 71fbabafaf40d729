"""What a test of a claim finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A measured value, signed so that the claim expects it to be positive.

    Attributes:
        value: what was measured.
        low: lower end of its 95% interval.
        high: upper end.
        n: independent units behind the interval.
        scope: data that the estimate is about, in words.
    """

    value: float
    low: float
    high: float
    n: int
    scope: str

    @property
    def verdict(self) -> str:
        """``holds``, ``does not hold`` or ``undecided``."""
        if self.low > 0:
            return "holds"
        return "does not hold" if self.high < 0 else "undecided"
