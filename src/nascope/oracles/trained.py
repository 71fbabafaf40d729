"""Our own benchmark tables: a space trained exhaustively (or sampled) by the training stage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.errors import NascopeError
from nascope.spaces import NasBench201Cell


def trained_benchmark(genotypes: pd.DataFrame, trainings: pd.DataFrame, dataset: str, shape: dict[str, int]) -> pd.DataFrame:
    """Join the genotypes of a study with the trainings of their functions.

    Args:
        genotypes: a ``genotypes`` table, in index order.
        trainings: ``trainings`` of the protocol and data set.
        dataset: name for the table's data set column.
        shape: the networks' ``channels``, ``cells``, ``classes`` and ``in_channels``, to count parameters.

    Returns:
        A ``benchmark`` table; genotypes that compute the same function share their runs.

    Raises:
        NascopeError: a genotype whose function was not trained with a seed it asks for.
    """
    asked = genotypes.reset_index(names="index").explode("seeds").rename(columns={"seeds": "seed"})
    asked["seed"] = asked["seed"].astype(int)
    joined = asked.merge(trainings, on=["key", "seed"], how="left", validate="many_to_one")
    lacking = joined["last_test_accuracy"].isna() & (joined["status"] != "diverged")
    if lacking.any():
        row = joined[lacking].iloc[0]
        raise NascopeError(f"{row['genotype']} has no training with seed {row['seed']}")
    return pd.DataFrame(
        {
            "index": joined["index"],
            "genotype": joined["genotype"],
            "key": joined["key"],
            "dataset": dataset,
            "seed": joined["seed"],
            "valid_accuracy": joined["last_valid_accuracy"],
            "test_accuracy": joined["last_test_accuracy"],
            "train_seconds": np.nan,
            "latency_ms": np.nan,
            "parameters": [NasBench201Cell.parse(text).parameters(**shape) for text in joined["genotype"]],
        }
    )
