"""The user's own table of curves on NAS-Bench-201."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.users_files import Range, accuracies, numbers, read_users_file
from nascope.spaces.nasbench201_space import official_indices
from nascope.spaces.notations.nasbench201 import cell_of
from nascope.spaces.parse import parse_genotype

#: Epochs of the benchmark's longest runs.
EPOCHS = 200


def read_curves(path: Path | str) -> pd.DataFrame:
    """Read CIFAR-10 accuracies of 200-epoch runs.

    Columns ``arch_str``, ``epoch`` (from 0), ``val_acc`` and, if there, ``train_acc``, in percent, means over seeds.

    Returns:
        A ``histories`` table of cifar10-valid, numbered as one seed.

    Raises:
        NascopeError: an unreadable file, a missing column, a malformed cell, an impossible value (with its row),
            fractions, errors instead of accuracies, epochs that occur twice, or cells whose epochs differ.
    """
    wide = read_users_file(Path(path))
    missing = {"arch_str", "epoch", "val_acc"} - set(wide.columns)
    if missing:
        raise NascopeError(f"{path}: columns {', '.join(sorted(missing))} are missing")
    index, epoch = _indices(path, wide["arch_str"]), _epochs(path, wide)
    _check_epochs(path, index, epoch)
    facts = {"index": index, "epoch": epoch + 1, "dataset": "cifar10-valid", "seed": 0}
    facts |= {"epochs": int(epoch.max()) + 1, "loss": np.nan, "seconds": np.nan}
    parts = []
    for split, name in (("valid", "val_acc"), ("train", "train_acc")):
        if name in wide:
            curves = accuracies(path, wide, name, complete=split == "valid")
            _refuse_errors(path, name, curves, epoch)
            parts.append(wide[[]].assign(**facts, split=split, accuracy=curves))
    return pd.concat(parts, ignore_index=True)


def _indices(path: Path | str, cells: pd.Series) -> pd.Series:
    """Official indices of the cells."""
    indices = {}
    for row, text in cells.drop_duplicates().items():
        try:
            indices[text] = official_indices(4).get(cell_of(parse_genotype(str(text))))
        except NascopeError as error:
            raise NascopeError(f"{path}, row {int(str(row)) + 1}: {error}") from None
        if indices[text] is None:
            raise NascopeError(
                f"{path}, row {int(str(row)) + 1}: not a cell of the NAS-Bench-201 space with four nodes"
            )
    return cells.map(indices)


def _epochs(path: Path | str, wide: pd.DataFrame) -> pd.Series:
    allowed = Range(0, EPOCHS - 1, f"an epoch from 0 to {EPOCHS - 1}")
    epochs = numbers(path, wide, "epoch", allowed, complete=True)
    fractions = (epochs % 1 != 0).to_numpy()
    if fractions.any():
        row = int(fractions.argmax())
        raise NascopeError(f"{path}, column epoch, row {row + 1}: {epochs[row]:g} is not a whole number")
    return epochs.astype(int)


def _check_epochs(path: Path | str, index: pd.Series, epoch: pd.Series) -> None:
    """Every cell has the same epochs, each once."""
    twice = pd.DataFrame({"index": index, "epoch": epoch}).duplicated().to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise NascopeError(
            f"{path}, row {row + 1}: cell {index[row]} has epoch {epoch[row]} twice; give means over seeds"
        )
    counts = epoch.value_counts()
    uneven = counts[counts != index.nunique()]
    if len(uneven):
        row = int((epoch == uneven.index[0]).to_numpy().argmax())
        raise NascopeError(
            f"{path}, row {row + 1}: epoch {epoch[row]} is there for {uneven.iloc[0]} of {index.nunique()} cells; all "
            "cells need the same epochs"
        )


def _refuse_errors(path: Path | str, name: str, curves: pd.Series, epoch: pd.Series) -> None:
    first, last = (curves[epoch == end].median() for end in (epoch.min(), epoch.max()))
    if last < first:
        raise NascopeError(
            f"{path}, column {name}: the median falls from {first:g} in the first epoch to {last:g} in the last; these "
            "are errors, write accuracies (100 minus the error)"
        )
