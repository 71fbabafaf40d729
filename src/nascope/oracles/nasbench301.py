"""Architectures of NAS-Bench-301's archive (Siems et al. 2020): one JSON file each, one folder per way of drawing them.

The archive is ``nb_301_v13_lc_iclr_final.zip`` (figshare file 13286105), read as it is or unpacked.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Cell, Edge, Genotype

_PREFIX = "NetworkSelectorDatasetInfo:darts:edge_"
#: The archive's own spelling.
_CONFIG = "optimized_hyperparamater_config"


def read_architectures(path: Path) -> pd.DataFrame:
    """All trained architectures, in the order of their names.

    Args:
        path: the zip file, or a directory into which it was unpacked.

    Returns:
        An ``architectures`` table; ``source`` is the folder. Two files of one architecture have seeds 0 and 1.

    Raises:
        NascopeError: nothing there, a damaged file, or an entry without an architecture; the message names it.
    """
    rows = []
    for name, content in tqdm(_files(path), desc="architectures", mininterval=5):
        try:
            entry = json.loads(content)
            genotype = genotype_of(entry[_CONFIG])
            accuracy = float(entry["info"][0]["val_accuracy"])
        except (ValueError, KeyError, IndexError, TypeError, NascopeError) as error:
            raise NascopeError(f"{path}, {name}: not an architecture of NAS-Bench-301 ({error!r})") from None
        rows.append(
            {
                "genotype": str(genotype),
                "key": canonical_key(genotype),
                "source": PurePosixPath(name).parent.name,
                "dataset": "cifar10",
                "epochs": int(float(entry.get("budget", 100))),
                "valid_accuracy": accuracy,
                "test_accuracy": float(entry.get("test_accuracy", np.nan)),
                "train_seconds": float(entry.get("runtime", np.nan)),
            }
        )
    if not rows:
        raise NascopeError(f"{path}: no JSON files below it; it should be nb_301_v13_lc_iclr_final.zip or its content")
    table = pd.DataFrame(rows)
    return table.assign(seed=table.groupby("genotype").cumcount())


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the JSON files."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            yield str(file.relative_to(path)), file.read_bytes()
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(name for name in archive.namelist() if name.endswith(".json")):
                yield name, archive.read(name)
    except FileNotFoundError:
        raise NascopeError(f"{path}: no such file; download nb_301_v13_lc_iclr_final.zip from figshare") from None
    except zipfile.BadZipFile as error:
        raise NascopeError(f"{path}: {error}; download it again") from None


def genotype_of(config: Mapping[str, Any]) -> Genotype:
    """The genotype of an entry's hyperparameters.

    A cell's complete graph has 14 edges, numbered node by node; an entry names the operations of two edges per node.

    Raises:
        NascopeError: a node that does not have exactly two edges.
    """
    return Genotype(_cell(config, "normal"), _cell(config, "reduce"))


def _cell(config: Mapping[str, Any], kind: str) -> Cell:
    edges: list[Edge] = []
    start = 0
    for node in range(darts.SPACE.nodes):
        numbers = range(start, start + node + 2)
        chosen = [(config[f"{_PREFIX}{kind}_{j}"], j - start) for j in numbers if f"{_PREFIX}{kind}_{j}" in config]
        if len(chosen) != 2:
            raise NascopeError(f"node {node} of the {kind} cell has {len(chosen)} edges, not 2")
        edges += chosen
        start += node + 2
    return Cell(tuple(edges), tuple(range(2, darts.SPACE.nodes + 2)))
