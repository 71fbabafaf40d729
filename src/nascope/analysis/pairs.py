"""Changes against an original, pair by pair, and intervals of means and of their differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from nascope.analysis.ranking import welch_interval
from nascope.training.summary import join_study


def paired_changes(genotypes: pd.DataFrame, trainings: pd.DataFrame) -> pd.DataFrame:
    """Test error (last epoch) of each variant minus that of its family's original, seeds paired and averaged.

    Args:
        genotypes: a ``genotypes`` table with one genotype of group ``original`` a family.
        trainings: of its set-up.

    Returns:
        A row a variant: ``family``, ``group``, ``name``, ``error`` and ``change`` in percentage points.
    """
    table = join_study(genotypes, trainings)
    table = table.assign(error=100 - table["last_test_accuracy"])
    original = table[table["group"] == "original"].set_index(["family", "seed"])["error"]
    variants = table[table["group"] != "original"]
    pairs = pd.MultiIndex.from_frame(variants[["family", "seed"]])
    variants = variants.assign(change=variants["error"].to_numpy() - original.loc[pairs].to_numpy())
    return variants.groupby(["family", "group", "name"], sort=False)[["error", "change"]].mean().reset_index()


def mean_interval(sample: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Student's interval of a mean; NaN for fewer than two values."""
    if len(sample) < 2:
        return np.nan, np.nan
    reach = float(stdtrit(len(sample) - 1, (1 + level) / 2)) * sample.std(ddof=1) / len(sample) ** 0.5
    return float(sample.mean() - reach), float(sample.mean() + reach)


def difference_interval(first: np.ndarray | pd.Series, second: np.ndarray | pd.Series) -> tuple[float, float]:
    """Welch's interval of the difference of two samples' means; NaN where one has fewer than two values."""
    if min(len(first), len(second)) < 2:
        return np.nan, np.nan
    return welch_interval(*((part.mean(), part.std(ddof=1), len(part)) for part in (first, second)))
