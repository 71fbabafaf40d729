"""NAS-Bench-201 from one wide table of the user's, with the columns that public merges of the benchmark have.

One row per cell: ``arch_str``, and for each data set D of cifar10-valid, cifar10, cifar100 and ImageNet16-120 any of
``D/val_acc_seed0`` to ``D/val_acc_seed2`` (or ``D/val_acc_mean``), ``D/train_acc``, ``D/test_acc_mean``,
``D/train_acc_e12``, ``D/val_acc_e12``, ``D/test_acc_e12``, ``D/train_loss``, ``D/val_loss`` and ``D/test_loss`` (also
with ``_e12``), ``D/train_time_s`` (of 200 epochs) and ``D/latency_s``; accuracies in percent. Parquet or CSV.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.users_files import POSITIVE, accuracies, numbers, read_users_file
from nascope.spaces.canonical import canonical_key
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import official_indices
from nascope.spaces.notations.nasbench201 import cell_of
from nascope.spaces.parse import parse_genotype

CLASSES = {"cifar10-valid": 10, "cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}
LONG, SHORT = 200, 12
_SPLITS = {"train": "train", "valid": "val", "test": "test"}
_SEEDS = range(3)
_ACCURACIES = (
    *(f"val_acc_seed{seed}" for seed in _SEEDS),
    *("val_acc_mean", "train_acc", "test_acc_mean", "train_acc_e12", "val_acc_e12", "test_acc_e12"),
)
_COSTS = (
    *(f"{split}_loss{suffix}" for split in _SPLITS.values() for suffix in ("", "_e12")),
    "train_time_s",
    "latency_s",
)
#: The cell without any operation, which can only guess.
_GUESSING = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"


def read_extended(path: Path | str) -> pd.DataFrame:
    """Read the table.

    Returns:
        A ``benchmark`` table in official index order, of 200-epoch runs and, where the file has them, 12-epoch runs.
        A train or test accuracy that is only known as a mean over runs is repeated for each of them.

    Raises:
        NascopeError: an unreadable file, a malformed cell or an impossible value (with its row), accuracies in
            fractions or errors in their place, cells that are missing or occur twice, or no accuracies.
    """
    wide = _checked(path, _read(Path(path)))
    cells = [_parse(path, row, text) for row, text in enumerate(wide["arch_str"], start=1)]
    order = official_indices(4)
    if len(cells) != len(order) or set(cells) != set(order):
        raise NascopeError(
            f"{path}: {len(cells)} rows, {len(set(cells))} different cells; expected all {len(order)} once"
        )
    names = {"index": [order[cell] for cell in cells], "genotype": [str(cell) for cell in cells]}
    wide = wide.assign(**names, key=[canonical_key(cell) for cell in cells]).sort_values("index", ignore_index=True)
    by_index = sorted(cells, key=order.__getitem__)
    parameters = {dataset: [cell.parameters(classes=count) for cell in by_index] for dataset, count in CLASSES.items()}
    frames = [
        _runs(wide.assign(parameters=parameters[dataset]), dataset, epochs)
        for epochs in (LONG, SHORT)
        for dataset in CLASSES
    ]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        raise NascopeError(f"{path}: no accuracy columns such as cifar10-valid/val_acc_seed0")
    return pd.concat(frames, ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    wide = read_users_file(path)
    if "arch_str" not in wide.columns:
        raise NascopeError(f"{path}: there is no column arch_str; the first ones are {list(wide.columns)[:8]}")
    return wide


def _checked(path: Path | str, wide: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns that are read as numbers, each checked."""
    columns = {}
    for dataset in CLASSES:
        for name in (f"{dataset}/{column}" for column in _ACCURACIES):
            if name in wide and wide[name].notna().any():
                columns[name] = accuracies(path, wide, name)
                _refuse_errors(path, name, columns[name][wide["arch_str"] == _GUESSING], columns[name].median())
        for name in (f"{dataset}/{column}" for column in _COSTS):
            if name in wide:
                columns[name] = numbers(path, wide, name, POSITIVE)
    return wide.assign(**columns)


def _refuse_errors(path: Path | str, name: str, guessing: pd.Series, median: float) -> None:
    if len(guessing) and guessing.iloc[0] > median:
        raise NascopeError(
            f"{path}, column {name}: the cell without operations has {guessing.iloc[0]:g}, more than half of all "
            "cells; these are errors, write accuracies (100 minus the error)"
        )


def _parse(path: Path | str, row: int, text: str) -> NasBench201Cell:
    try:
        return cell_of(parse_genotype(str(text)))
    except NascopeError as error:
        raise NascopeError(f"{path}, row {row}: {error}") from None


def _runs(wide: pd.DataFrame, dataset: str, epochs: int) -> pd.DataFrame:
    """The runs of one data set and schedule; no rows where the file has no such runs."""

    def column(name: str) -> pd.Series:
        return wide.get(f"{dataset}/{name}", pd.Series(np.nan, wide.index))

    if epochs == SHORT:
        train, valid, test = column("train_acc_e12"), [column("val_acc_e12")], column("test_acc_e12")
    else:
        train, test = column("train_acc"), column("test_acc_mean")
        valid = [column(f"val_acc_seed{seed}") for seed in _SEEDS]
        if all(values.isna().all() for values in valid):
            valid = [column("val_acc_mean")]
    frames = [
        wide[["index", "genotype", "key", "parameters"]].assign(
            seed=seed, train_accuracy=train, valid_accuracy=values, test_accuracy=test
        )
        for seed, values in enumerate(valid)
    ]
    # A run is there where it has a validation accuracy; a data set without any keeps its one row of test accuracies.
    judge = "valid_accuracy" if valid[0].notna().any() else "test_accuracy"
    suffix = "_e12" if epochs == SHORT else ""
    losses = {f"{ours}_loss": column(f"{theirs}_loss{suffix}") for ours, theirs in _SPLITS.items()}
    costs = {"train_seconds": column("train_time_s") * epochs / LONG, "latency_ms": 1000 * column("latency_s")}
    runs = [frame.assign(**losses, **costs).dropna(subset=[judge]) for frame in frames]
    return pd.concat(runs, ignore_index=True).assign(dataset=dataset, epochs=epochs, valid_seconds=np.nan)
