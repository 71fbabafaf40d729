"""What a surrogate's predictions say of groups of genotypes and of edited ones, with all refits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.evidence.refits import by_refit

#: Standard deviations of random cells' predicted errors that count as the same.
SMALL = 0.5


def errors(table: pd.DataFrame, group: str, wiring: str) -> pd.DataFrame:
    """Predicted errors (%) of a group and, beside them, those by every refit (:func:`by_refit`).

    Args:
        table: a ``pattern_predictions`` table.
        group: of its samples.
        wiring: of its samples.
    """
    return 100 * by_refit(table[(table["group"] == group) & (table["wiring"] == wiring)], "predicted")


def small(table: pd.DataFrame) -> float:
    """Difference of predicted errors that counts as none (percentage points), from a ``pattern_predictions`` table."""
    return SMALL * float(np.std(errors(table, "Random", "corrected")[0], ddof=1))


def changes(replacements: pd.DataFrame) -> pd.DataFrame:
    """Changes of predicted errors (percentage points) and, beside them, those by every refit, by genotype."""
    return 100 * by_refit(replacements.set_index("genotype"), "change")


def edited(
    replacements: pd.DataFrame, importance: pd.DataFrame, threshold: float, order: str, *, important: bool
) -> pd.DataFrame:
    """Published cells with others in place of as many operations as are important, or as are not.

    Args:
        replacements: a ``replacements`` table.
        importance: a ``genotype_importance`` table of published cells.
        threshold: importance (error fraction) from which an operation is important.
        order: in which operations are replaced.
        important: whether the important operations of each cell are counted, or the others.
    """
    counted = importance[(importance["importance"] >= threshold) == important]
    steps = counted.groupby("subset").size()
    chosen = replacements[replacements["order"] == order]
    return chosen[chosen["step"] == chosen["subset"].map(steps)]
