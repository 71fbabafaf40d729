"""Our own benchmark tables: a space trained exhaustively (or sampled) by the training stage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.spaces import NasBench201Cell
from nascope.training.summary import join_study


def trained_benchmark(
    genotypes: pd.DataFrame, trainings: pd.DataFrame, dataset: str, epochs: int, shape: dict[str, int]
) -> pd.DataFrame:
    """Join the genotypes of a study with the trainings of their functions.

    Args:
        genotypes: a ``genotypes`` table, in index order.
        trainings: ``trainings`` of the protocol and data set.
        dataset: name for the table's data set column.
        epochs: epochs of the protocol.
        shape: the networks' ``channels``, ``cells``, ``classes`` and ``in_channels``, to count parameters.

    Returns:
        A ``benchmark`` table; genotypes that compute the same function share their runs.

    Raises:
        NascopeError: a genotype whose function was not trained with a seed it asks for.
    """
    joined = join_study(genotypes.reset_index(names="index"), trainings)
    return pd.DataFrame(
        {
            "index": joined["index"],
            "genotype": joined["genotype"],
            "key": joined["key"],
            "dataset": dataset,
            "epochs": epochs,
            "seed": joined["seed"],
            "valid_accuracy": joined["last_valid_accuracy"],
            "test_accuracy": joined["last_test_accuracy"],
            "train_seconds": np.nan,
            "latency_ms": np.nan,
            "parameters": [NasBench201Cell.parse(text).parameters(**shape) for text in joined["genotype"]],
        }
    )
