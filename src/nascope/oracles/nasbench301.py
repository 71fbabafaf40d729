"""Architectures of NAS-Bench-301's archive (Siems et al. 2020): one JSON file each, one folder per way of drawing them.

The archive is ``nb_301_v13_lc_iclr_final.zip`` (figshare file 13286105), read as it is or unpacked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from nascope.errors import NascopeError
from nascope.packed import open_zip, unpacking
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Genotype
from nascope.spaces.notations.nasbench301 import read

#: The archive's own spelling.
_CONFIG = "optimized_hyperparamater_config"
_MALFORMED = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError)


def read_archive(path: Path) -> pd.DataFrame:
    """All trained architectures, in the order of their names.

    Args:
        path: the zip file, or a directory into which it was unpacked.

    Returns:
        An ``architectures`` table; ``source`` is the folder. Two files of one architecture have seeds 0 and 1.

    Raises:
        NascopeError: nothing there, a damaged file, an entry without an architecture (the message names it), or
            accuracies as fractions.
    """
    rows = []
    for name, content in tqdm(_files(path), desc="architectures", mininterval=5):
        try:
            entry = json.loads(content)
            rows.append({**_row(entry), "source": PurePosixPath(name).parent.name})
        except (*_MALFORMED, NascopeError) as error:
            reason = repr(error)[:200]
            raise NascopeError(f"{path}, {name}: not an architecture of NAS-Bench-301 ({reason})") from None
    if not rows:
        raise NascopeError(f"{path}: no JSON files below it; it should be nb_301_v13_lc_iclr_final.zip or its content")
    table = pd.DataFrame(rows)
    if table["valid_accuracy"].max() <= 1:
        raise NascopeError(f"{path}: no val_accuracy is above 1; accuracies are in percent, multiply by 100")
    return table.assign(seed=table.groupby("genotype").cumcount())


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table, without its source."""
    genotype = genotype_of(entry[_CONFIG])
    return {
        "genotype": str(genotype),
        "key": canonical_key(genotype),
        "dataset": "cifar10",
        "epochs": int(_number(entry.get("budget", 100), np.inf)),
        "valid_accuracy": _number(entry["info"][0]["val_accuracy"], 100),
        # What was not recorded is missing or null.
        "test_accuracy": np.nan if entry.get("test_accuracy") is None else _number(entry["test_accuracy"], 100),
        "train_seconds": np.nan if entry.get("runtime") is None else _number(entry["runtime"], np.inf),
    }


def _number(value: object, high: float) -> float:
    """A finite number from 0 to ``high``; the archive has some as text."""
    number = float(str(value))
    if not (0 <= number <= high and np.isfinite(number)):
        raise ValueError(f"{value} is not a finite number from 0 to {high:g}")
    return number


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the JSON files."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            try:
                yield str(file.relative_to(path)), file.read_bytes()
            except OSError as error:
                raise NascopeError(f"{file}: {error.strerror}; make it a readable file or move it away") from None
        return
    if not path.exists():
        raise NascopeError(f"{path}: no such file; download nb_301_v13_lc_iclr_final.zip from figshare")
    with unpacking(path, "download it again"), open_zip(path) as archive:
        for name in sorted({name for name in archive.namelist() if name.endswith(".json")}):
            yield name, archive.read(name)


def genotype_of(config: Mapping[str, Any]) -> Genotype:
    """The genotype of an entry's hyperparameters.

    Raises:
        NascopeError: a node that does not have exactly two edges.
    """
    genotype = read(config)
    if genotype is None:
        raise NascopeError("no operations of edges")
    return genotype
