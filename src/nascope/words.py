"""Words of notes that depend on numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """A number of things whose plural ends in s, as in ``1 seed`` or ``1,434 cells``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counted_range(numbers: Iterable[int], noun: str) -> str:
    """The smallest and the largest of some numbers, as in ``1 to 3 seeds``, or the only one."""
    low, *_, high = sorted(numbers) * 2
    return counted(high, noun) if low == high else f"{low:,} to {counted(high, noun)}"


def over_seeds(numbers: Iterable[int], spread: str) -> str:
    """What is drawn for cells with some numbers of seeds: their only trainings, or means with the spread over seeds.

    Args:
        numbers: of seeds, one per cell.
        spread: what reaches from the smallest to the largest value, such as ``bands``.
    """
    seeds = counted_range(numbers, "seed")
    return seeds if seeds == "1 seed" else f"means over {seeds}, {spread} from smallest to largest"


def plus_minus(mean: float, deviation: float, digits: int = 2) -> str:
    """A mean with its standard deviation, which a single value lacks (NaN)."""
    return f"{mean:.{digits}f}" if math.isnan(deviation) else f"{mean:.{digits}f} ± {deviation:.{digits}f}"
