"""Tables and oracles made of our own trainings: whole or sampled spaces, and genotypes of the DARTS space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nascope.oracles.tabular import TabularOracle
from nascope.spaces import darts
from nascope.spaces.nasbench201 import NasBench201Cell
from nascope.spaces.nasbench201_space import ENUMERABLE_NODES, official_indices
from nascope.training.summary import join_study


def trained_benchmark(
    genotypes: pd.DataFrame,
    trainings: pd.DataFrame,
    *,
    dataset: str,
    epochs: int,
    channels: int,
    cells: int,
    classes: int,
    in_channels: int,
) -> pd.DataFrame:
    """Join the genotypes of a study with the trainings of their functions.

    Args:
        genotypes: a ``genotypes`` table of NAS-Bench-201 cells with the same number of nodes.
        trainings: ``trainings`` of the protocol and data set.
        dataset: name for the table's data set column.
        epochs: epochs of the protocol.
        channels: channels of the networks' first cells; this and the rest are needed to count parameters.
        cells: cells per stage.
        classes: classes of the data set.
        in_channels: channels of its images.

    Returns:
        A ``benchmark`` table; genotypes that compute the same function share their runs. Cells with up to four nodes
        have their official index, larger ones the number of their row.

    Raises:
        NascopeError: a genotype whose function was not trained with a seed it asks for.
    """
    parameters = [
        NasBench201Cell.parse(text).parameters(channels, cells, classes, in_channels) for text in genotypes["genotype"]
    ]
    joined = join_study(genotypes.assign(index=_indices(genotypes), parameters=parameters), trainings)
    return pd.DataFrame(
        {
            "index": joined["index"],
            "genotype": joined["genotype"],
            "key": joined["key"],
            "dataset": dataset,
            "epochs": epochs,
            "seed": joined["seed"],
            "train_accuracy": joined["last_train_accuracy"],
            "valid_accuracy": joined["last_valid_accuracy"],
            "test_accuracy": joined["last_test_accuracy"],
            **{f"{split}_loss": joined[f"last_{split}_loss"] for split in ("train", "valid", "test")},
            "train_seconds": np.nan,
            "valid_seconds": np.nan,
            "latency_ms": np.nan,
            "parameters": joined["parameters"],
        }
    )


def trained_architectures(
    genotypes: Sequence[pd.DataFrame], trainings: pd.DataFrame, dataset: str, epochs: int
) -> pd.DataFrame:
    """Everything that was trained in the DARTS space with one protocol, whichever study asked for it.

    Args:
        genotypes: ``genotypes`` tables of the protocol's studies.
        trainings: ``trainings`` of the protocol and data set.
        dataset: name of the data set.
        epochs: epochs of the protocol.

    Returns:
        An ``architectures`` table.
    """
    joined = pd.concat([join_study(table, trainings) for table in genotypes], ignore_index=True)
    inside = joined["genotype"].map(darts.in_space)
    table = joined[inside].drop_duplicates(["genotype", "seed"])
    return pd.DataFrame(
        {
            **{name: table[name] for name in ("genotype", "key", "seed")},
            "source": table["study"],
            "dataset": dataset,
            "epochs": epochs,
            "valid_accuracy": table["last_valid_accuracy"],
            "test_accuracy": table["last_test_accuracy"],
            "train_seconds": np.nan,
        }
    ).reset_index(drop=True)


def trained_oracle(
    genotypes: pd.DataFrame, trainings: pd.DataFrame, dataset: str, epochs: int, split: str = "test"
) -> TabularOracle:
    """The trainings of a study of the DARTS space as an oracle, which knows what was trained and nothing else.

    Args:
        genotypes: a ``genotypes`` table.
        trainings: ``trainings`` of its protocol and data set.
        dataset: name of the data set.
        epochs: epochs of the protocol.
        split: ``"valid"`` or ``"test"``.
    """
    table = trained_architectures([genotypes], trainings, dataset, epochs)
    numbers = pd.factorize(table["genotype"])[0]
    return TabularOracle(table.assign(index=numbers, parameters=-1), dataset, split=split, fidelity="trained")


def trained_histories(genotypes: pd.DataFrame, curves: pd.DataFrame, dataset: str, epochs: int) -> pd.DataFrame:
    """Curves of the trainings of a study as a ``histories`` table; times are not recorded.

    Args:
        genotypes: a ``genotypes`` table of NAS-Bench-201 cells with the same number of nodes.
        curves: ``curves`` of the protocol and data set.
        dataset: name for the table's data set column.
        epochs: epochs of the protocol.
    """
    joined = join_study(genotypes.assign(index=_indices(genotypes)), curves)
    parts = []
    for split in ("train", "valid", "test"):
        scores = {"loss": joined[f"{split}_loss"], "accuracy": joined[f"{split}_accuracy"]}
        parts.append(joined[["index", "seed", "epoch"]].assign(split=split, **scores))
    table = pd.concat(parts, ignore_index=True).dropna(subset=["accuracy"])
    return table.assign(dataset=dataset, epochs=epochs, seconds=np.nan)


def _indices(genotypes: pd.DataFrame) -> list[int]:
    cells = [NasBench201Cell.parse(text) for text in genotypes["genotype"]]
    known = official_indices(cells[0].nodes) if cells[0].nodes <= ENUMERABLE_NODES else {}
    return [known.get(cell, row) for row, cell in enumerate(cells)]
