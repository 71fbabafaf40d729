"""One cell's official records as rows of ``histories`` and ``benchmark`` tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.runs import Runs, compact_run
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import official_indices

#: Our names of the official sets. CIFAR-10 has its whole test set as test images, the others halves of theirs.
_SPLITS = {"x-valid": "valid", "x-test": "test", "train": "train"}
_WHOLE_TEST = {"cifar10-valid": "test", "cifar10": "test"}


def cell_histories(index: int, runs: Runs) -> pd.DataFrame:
    """Every epoch of a cell's runs, as rows of a ``histories`` table.

    Args:
        index: of the cell.
        runs: of the cell.
    """
    parts = []
    for (dataset, _), state in runs.items():
        run = compact_run(state)
        for name, curve in run["curves"].items():
            split = _SPLITS.get(name) or _WHOLE_TEST.get(dataset, "valid+test")
            columns = {"epoch": np.arange(1, run["epochs"] + 1), "loss": curve[0], "accuracy": curve[1]}
            facts = {"index": index, "dataset": dataset, "epochs": run["epochs"], "seed": run["seed"], "split": split}
            parts.append(pd.DataFrame({**facts, **columns, "seconds": curve[2]}))
    # Times are recorded for epochs without an evaluation, too.
    return pd.concat(parts, ignore_index=True).dropna(subset=["accuracy", "seconds"], how="all")


def cell_benchmark(index: int, genotype: str, runs: Runs) -> pd.DataFrame:
    """What a cell's runs reached after their last epoch, as rows of a ``benchmark`` table.

    Args:
        index: of the cell.
        genotype: of the cell.
        runs: of the cell.

    Raises:
        NascopeError: the cell is not the one that the official order has at this index.
    """
    cell = NasBench201Cell.parse(genotype)
    official = official_indices(4).get(cell)
    if official != index:
        raise NascopeError(f"cell {index} is {genotype}, which is number {official} officially")
    key = canonical_key(cell)
    rows = [
        {
            "index": index,
            "genotype": genotype,
            "key": key,
            "dataset": dataset,
            **_last_epoch(dataset, compact_run(state)),
        }
        for (dataset, _), state in runs.items()
    ]
    return pd.DataFrame(rows)


def _last_epoch(dataset: str, run: dict[str, Any]) -> dict[str, float]:
    curves = run["curves"]
    nothing = np.full((3, run["epochs"]), np.nan)
    test = curves.get("ori-test" if dataset in _WHOLE_TEST else "x-test", nothing)
    valid = curves.get("x-valid", nothing)
    return {
        "epochs": run["epochs"],
        "seed": run["seed"],
        "train_accuracy": curves["train"][1, -1],
        "valid_accuracy": valid[1, -1],
        "test_accuracy": test[1, -1],
        "train_loss": curves["train"][0, -1],
        "valid_loss": valid[0, -1],
        "test_loss": test[0, -1],
        "train_seconds": curves["train"][2].sum(),
        "valid_seconds": valid[2].mean(),
        "latency_ms": 1000 * run["latency"],
        "parameters": round(1e6 * run["params"]),
    }
