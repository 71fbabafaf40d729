"""Changes against an original, pair by pair."""

from __future__ import annotations

import pandas as pd

from nascope.training.summary import join_study


def paired_changes(genotypes: pd.DataFrame, trainings: pd.DataFrame) -> pd.DataFrame:
    """Test error (last epoch) of each variant minus that of its family's original, seeds paired and averaged.

    Args:
        genotypes: a ``genotypes`` table with one genotype of group ``original`` in each family.
        trainings: of its set-up.

    Returns:
        One row per variant: ``family``, ``group``, ``name``, ``error`` and ``change`` in percentage points.
    """
    table = join_study(genotypes, trainings)
    table = table.assign(error=100 - table["last_test_accuracy"])
    original = table[table["group"] == "original"].set_index(["family", "seed"])["error"]
    variants = table[table["group"] != "original"]
    pairs = pd.MultiIndex.from_frame(variants[["family", "seed"]])
    variants = variants.assign(change=variants["error"].to_numpy() - original.loc[pairs].to_numpy())
    return variants.groupby(["family", "group", "name"], sort=False)[["error", "change"]].mean().reset_index()
