"""An oracle that looks genotypes up in a ``benchmark`` table, published or self-trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.spaces.genotype import Genotype
    from nascope.spaces.nasbench201 import NasBench201Cell


class TabularOracle:
    """Mean error over the runs of a table.

    Args:
        table: a ``benchmark`` table; only the runs with the longest schedule count.
        dataset: one of its data sets.
        split: ``"valid"`` or ``"test"``.
        fidelity: how the table's runs were trained, in words.

    Raises:
        NascopeError: the table has no such data set, or no accuracies on that split.
    """

    def __init__(self, table: pd.DataFrame, dataset: str, *, split: str = "valid", fidelity: str = "") -> None:
        rows = longest_schedule(table[table["dataset"] == dataset])
        if rows.empty:
            raise NascopeError(f"the table has no data set {dataset!r}; it has {sorted(table['dataset'].unique())}")
        runs = rows.assign(error=1 - rows[f"{split}_accuracy"] / 100)
        if runs["error"].isna().all():
            raise NascopeError(f"the table has no {split} accuracies for {dataset!r}")
        by_cell = runs.groupby("genotype", sort=False)
        self.dataset, self.fidelity = dataset, fidelity
        self.table = by_cell.agg(
            index=("index", "first"),
            error=("error", "mean"),
            deviation=("error", "std"),
            runs=("error", "count"),
            seconds=("train_seconds", "mean"),
            parameters=("parameters", "first"),
        )
        # A median over cells: for a few cells it is luck whether they train at all, and these would dominate a mean.
        self.noise = float(self.table["deviation"].median())

    def error(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """See :meth:`Oracle.error`."""
        return self._lookup(genotypes, "error")

    def cost(self, genotypes: Sequence[Genotype | NasBench201Cell]) -> np.ndarray:
        """See :meth:`Oracle.cost`."""
        return self._lookup(genotypes, "seconds")

    def _lookup(self, genotypes: Sequence[Genotype | NasBench201Cell], column: str) -> np.ndarray:
        names = [str(genotype) for genotype in genotypes]
        unknown = next((name for name in names if name not in self.table.index), None)
        if unknown is not None:
            raise NascopeError(f"the {self.dataset} table does not hold {unknown}")
        values: np.ndarray = self.table.loc[names, column].to_numpy(dtype=float)
        return values


def longest_schedule(table: pd.DataFrame) -> pd.DataFrame:
    """The runs of a ``benchmark`` or ``histories`` table that have the longest schedule of their data set."""
    return table[table["epochs"] == table.groupby("dataset")["epochs"].transform("max")]
