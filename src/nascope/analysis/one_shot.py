"""How good the cells of one-shot searches are, by a table."""

from __future__ import annotations

import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.errors import NascopeError


def scored_searches(one_shot: pd.DataFrame, benchmark: pd.DataFrame) -> pd.DataFrame:
    """Look up the cell of every epoch.

    Args:
        one_shot: a ``one_shot`` table.
        benchmark: a ``benchmark`` table that holds the cells.

    Returns:
        One row per search, epoch and score: ``accuracy`` (%, mean over the benchmark's runs) and ``percentile``, the
        share of the benchmark's cells that are worse; ties count half.

    Raises:
        NascopeError: a cell that the table does not hold.
    """
    scores = mean_scores(benchmark)
    scores.index = benchmark.drop_duplicates("index").set_index("index").loc[scores.index, "genotype"]
    lacking = set(one_shot["genotype"]) - set(scores.index)
    if lacking:
        raise NascopeError(
            f"the table of {len(scores)} cells does not hold {min(lacking)}: nasbench201.one_shot.nodes must be the "
            "number of nodes of the table's cells, and the table must hold them all"
        )
    percentiles = (scores.rank(method="average") - 0.5) / len(scores)
    parts = []
    for name in scores:
        found = {"accuracy": scores[name], "percentile": percentiles[name]}
        parts.append(
            one_shot.assign(score=name, **{key: one_shot["genotype"].map(values) for key, values in found.items()})
        )
    return pd.concat(parts, ignore_index=True)


def last_epochs(scored: pd.DataFrame) -> pd.DataFrame:
    """The rows of each search's last epoch."""
    search = ["algorithm", "batch_norm", "seed"]
    return scored[scored["epoch"] == scored.groupby(search)["epoch"].transform("max")].reset_index(drop=True)
