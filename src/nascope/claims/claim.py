"""A claim of a paper, and what a test of it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Estimate:
    """A measured value with its 95% interval, the number of independent units behind it, and its scope."""

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


@dataclass(frozen=True)
class Claim:
    """A statement of a paper, the figure it belongs to, what is measured, and the test."""

    paper: str
    name: str
    figure: str
    statement: str
    measure: str
    test: Callable[[Tables, dict[str, Any]], Estimate]
