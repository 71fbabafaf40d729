"""RobustDARTS' supernet searches with several regularisations (Zela et al. 2020)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.loading import data_file
from nascope.oracles.users_files import PERCENT, POSITIVE, Range
from nascope.shipped.reading import read_columns
from nascope.spaces.parse import parse_genotype

_SEARCHES = data_file(__file__, "robustdarts_searches.parquet")
_HESSIANS = data_file(__file__, "robustdarts_hessians.parquet")
_ANY = Range(-np.inf, np.inf, "a finite number")
_RUN = {
    "drop_path": Range(0, 1, "a probability"),
    "weight_decay": POSITIVE,
    "seed": POSITIVE,
    "epoch": POSITIVE,
}
_TEXTS = ["space", "dataset", "job"]
_PLACE = [*_TEXTS, *_RUN]


def supernet_searches(path: Path | str | None = None) -> pd.DataFrame:
    """The genotype after each epoch of searches with DARTS.

    Args:
        path: of a table of the user's in its place, with the columns of a ``supernets`` table.

    Returns:
        A ``supernets`` table.

    Raises:
        NascopeError: an unreadable file, an impossible value or a malformed genotype; with the row.
    """
    scores = {"train_accuracy": PERCENT, "valid_accuracy": PERCENT}
    table = read_columns(path or _SEARCHES, [*_TEXTS, "genotype"], {**_RUN, **scores}, row=_PLACE)
    known = {text: _genotype(path, row, text) for row, text in table["genotype"].drop_duplicates().items()}
    return _numbered(table.assign(genotype=table["genotype"].map(known)))


def supernet_hessians(path: Path | str | None = None) -> pd.DataFrame:
    """Eigenvalues of the validation loss's Hessian in the architecture parameters along such searches.

    Args:
        path: of a table of the user's in its place, with the columns of a ``hessians`` table.

    Returns:
        A ``hessians`` table.

    Raises:
        NascopeError: an unreadable file or an impossible value; with the row.
    """
    spectrum = dict.fromkeys(("largest", "smallest", "trace"), _ANY)
    return _numbered(read_columns(path or _HESSIANS, _TEXTS, {**_RUN, **spectrum}, row=_PLACE))


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"seed": int, "epoch": int}).sort_values(_PLACE, ignore_index=True)


def _genotype(path: Path | str | None, row: object, text: str) -> str:
    try:
        return str(parse_genotype(text))
    except NascopeError as error:
        raise NascopeError(f"{path}, row {int(str(row)) + 1}: {error}") from None
