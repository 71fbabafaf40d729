"""Errors of pattern-constrained samples and of published cells (Wan et al. 2022, section 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nascope.spaces.patterns import GROUPS, WIRED
from nascope.training.summary import join_study


def category_errors(genotypes: Sequence[pd.DataFrame], trainings: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Test errors of the genotypes of pattern samples and other studies.

    Args:
        genotypes: ``genotypes`` tables of studies.
        trainings: of the set-up of each.

    Returns:
        One row per genotype: ``category`` (the group, with "(as coded)" for that wiring), ``family``, ``name``,
        ``width``, ``genotype`` and ``test_error`` (%, last epoch, mean over seeds). Categories are in the order of the
        paper's figure, others come last.
    """
    table = pd.concat([join_study(*pair) for pair in zip(genotypes, trainings, strict=True)], ignore_index=True)
    coded = (table["family"] == "as_coded") & table["group"].isin(WIRED)
    table = table.assign(category=table["group"] + np.where(coded, " (as coded)", ""))
    order = [f"{group}{suffix}" for group in GROUPS for suffix in ("", " (as coded)")]
    columns = ["category", "family", "name", "width", "genotype"]
    errors = (100 - table.groupby(columns, sort=False)["last_test_accuracy"].mean()).rename("test_error").reset_index()
    rank = errors["category"].map(lambda name: order.index(name) if name in order else len(order))
    return errors.assign(rank=rank).sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")


def hedges_g(first: np.ndarray, second: np.ndarray) -> float:
    """Difference of means in pooled standard deviations, corrected for few values (Hedges 1981), or NaN."""
    freedom = len(first) + len(second) - 2
    if min(len(first), len(second)) < 2:
        return float("nan")
    pooled = (((len(first) - 1) * first.var(ddof=1) + (len(second) - 1) * second.var(ddof=1)) / freedom) ** 0.5
    return float((first.mean() - second.mean()) / pooled * (1 - 3 / (4 * freedom - 1))) if pooled else float("nan")
