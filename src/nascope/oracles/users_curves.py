"""The user's own table of curves on NAS-Bench-201."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.oracles.users_files import read_users_file
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import official_indices


def read_curves(path: Path | str) -> pd.DataFrame:
    """Read CIFAR-10 accuracies of 200-epoch runs.

    Columns ``arch_str``, ``epoch`` (from 0), ``val_acc`` and, if there, ``train_acc``, in percent, means over seeds.

    Returns:
        A ``histories`` table of cifar10-valid, numbered as one seed.

    Raises:
        NascopeError: an unreadable file, a missing column or a malformed cell.
    """
    wide = read_users_file(Path(path))
    missing = {"arch_str", "epoch", "val_acc"} - set(wide.columns)
    if missing:
        raise NascopeError(f"{path}: columns {', '.join(sorted(missing))} are missing")
    indices = {text: official_indices(4).get(NasBench201Cell.parse(text)) for text in wide["arch_str"].unique()}
    if None in indices.values():
        raise NascopeError(f"{path}: not cells of the NAS-Bench-201 space with four nodes")
    facts = {"index": wide["arch_str"].map(indices), "epoch": wide["epoch"] + 1, "dataset": "cifar10-valid", "seed": 0}
    facts |= {"epochs": int(wide["epoch"].max()) + 1, "loss": np.nan, "seconds": np.nan}
    names = [(split, name) for split, name in (("valid", "val_acc"), ("train", "train_acc")) if name in wide]
    parts = [wide[[]].assign(**facts, split=split, accuracy=wide[name]) for split, name in names]
    return pd.concat(parts, ignore_index=True)
