"""What a test of a claim finds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["holds", "does not hold", "undecided", "not testable at this scale", "formula unverified"]
#: Verdicts that say something about the claim.
DECIDED: tuple[Verdict, ...] = ("holds", "does not hold")
#: Units without which a sample says nothing.
FEWEST = 3


@dataclass(frozen=True)
class Estimate:
    """A measured value, signed so that the claim expects it to be positive.

    Attributes:
        value: what was measured.
        low: lower end of its 95% interval.
        high: upper end.
        n: independent units behind the interval.
        scope: data that the estimate is about, in words.
        exact: whether it was counted or computed, so that no interval is needed.
        reason: why this evidence cannot speak to the claim; empty where it can.
        unverified: whether the formula that is tested may not be the paper's.
    """

    value: float
    low: float
    high: float
    n: int
    scope: str
    exact: bool = False
    reason: str = ""
    unverified: bool = False

    @property
    def verdict(self) -> Verdict:
        """What follows from the interval, where the evidence can speak."""
        if self.why_not:
            return "not testable at this scale"
        if self.unverified:
            return "formula unverified"
        if self.low > 0:
            return "holds"
        return "does not hold" if self.high < 0 else "undecided"

    @property
    def why_not(self) -> str:
        """Why the evidence cannot speak to the claim; empty where it can."""
        if self.reason or self.exact:
            return self.reason
        if self.n < FEWEST:
            return f"{self.n} independent unit{'s' * (self.n != 1)}; a test needs {FEWEST}"
        return "the value cannot be computed" if math.isnan(self.value) else ""

    @property
    def why(self) -> str:
        """The reason of the verdict where the interval is not enough: what is missing, or how much more data."""
        if self.why_not or self.verdict != "undecided":
            return self.why_not
        return f"about {self.needed:,} units would tell, if the value stays" if self.needed else ""

    @property
    def needed(self) -> int:
        """Units at which an interval around the same value would exclude zero; 0 where none would."""
        reach = self.value - self.low if self.value > 0 else self.high - self.value
        if not (math.isfinite(reach) and self.value):
            return 0
        return math.ceil(self.n * (reach / abs(self.value)) ** 2)


def exact(value: float, n: int, scope: str, *, unverified: bool = False) -> Estimate:
    """What was counted or computed in ``n`` cases, without a sample."""
    return Estimate(value, value, value, n, scope, exact=True, unverified=unverified)


def untestable(reason: str, scope: str) -> Estimate:
    """Evidence that cannot speak to the claim, and why."""
    return Estimate(math.nan, math.nan, math.nan, 0, scope, reason=reason)
