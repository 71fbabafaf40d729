"""Architectures of the DARTS space that others trained, or whose accuracy they predict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.loading import data_file
from nascope.oracles.nasbench301 import read_archive
from nascope.oracles.users_files import PERCENT
from nascope.shipped.reading import read_columns
from nascope.spaces import darts
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Genotype
from nascope.spaces.parse import parse_genotype

_PREDICTIONS = data_file(__file__, "nasbench301_predictions.parquet")
_TRANSFER = data_file(__file__, "darts_transfer.parquet")
_UNKNOWN = -1  # epochs that are not recorded


def read_architectures(path: Path | str | None = None) -> pd.DataFrame:
    """What a surrogate can be fitted to.

    Args:
        path: NAS-Bench-301's archive (a directory or zip file of JSON), or a table with columns as for
            :func:`transferred_architectures`; None for what comes with nascope: CIFAR-10 accuracies of 1,218 genotypes,
            predicted by NAS-Bench-301's published surrogate without noise. These are no trainings.

    Returns:
        An ``architectures`` table.

    Raises:
        NascopeError: see :func:`transferred_architectures` and :func:`nascope.oracles.nasbench301.read_archive`.
    """
    if path is not None and (Path(path).is_dir() or Path(path).suffix.lower() == ".zip"):
        return read_archive(Path(path))
    return _architectures(path or _PREDICTIONS)


def transferred_architectures(path: Path | str | None = None) -> pd.DataFrame:
    """Accuracies of 199 random genotypes that were trained on SVHN, spherical CIFAR-100 and NinaPro.

    Args:
        path: of a table of the user's in its place: columns ``genotype`` (any notation), ``dataset``, ``source`` and
            ``valid_accuracy`` (percent).

    Returns:
        An ``architectures`` table.

    Raises:
        NascopeError: an unreadable file, an impossible value, or a genotype outside the DARTS space; with the row.
    """
    return _architectures(path or _TRANSFER)


def _architectures(path: Path | str) -> pd.DataFrame:
    table = read_columns(
        path, ["genotype", "dataset", "source"], {"valid_accuracy": PERCENT}, row=["genotype", "dataset"]
    )
    genotypes = {text: _genotype(path, row, text) for row, text in table["genotype"].drop_duplicates().items()}
    names = {text: (str(genotype), canonical_key(genotype)) for text, genotype in genotypes.items()}
    return table.assign(
        genotype=[names[text][0] for text in table["genotype"]],
        key=[names[text][1] for text in table["genotype"]],
        epochs=_UNKNOWN,
        seed=0,
        test_accuracy=np.nan,
        train_seconds=np.nan,
    )


def _genotype(path: Path | str, row: object, text: str) -> Genotype:
    try:
        found = parse_genotype(text)
        if not isinstance(found, Genotype):
            raise NascopeError("a cell of NAS-Bench-201, not of the DARTS space")
        return darts.SPACE.check(found)
    except NascopeError as error:
        raise NascopeError(f"{path}, row {int(str(row)) + 1}: {error}") from None
