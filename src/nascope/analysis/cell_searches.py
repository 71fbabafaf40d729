"""What searches in spaces of two-input cells find: final cells, skips on the way, architecture parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import softmax

from nascope.spaces.complete import complete_edges
from nascope.spaces.genotype import Genotype
from nascope.training.summary import join_study

_SEARCH = ["space", "algorithm", "seed"]
#: Most skip connections that a normal cell has before early stopping (DARTS+, Liang et al. 2019) ends a search.
MOST_SKIPS = 2
EARLY = "DARTS-ES"


def with_skips(searches: pd.DataFrame) -> pd.DataFrame:
    """A ``cell_searches`` table with another column ``skips``, the number of skip connections of each normal cell."""
    normals = [Genotype.parse(text).normal for text in searches["genotype"]]
    return searches.assign(skips=[sum(op == "skip_connect" for op, _ in cell.edges) for cell in normals])


def final_cells(searches: pd.DataFrame) -> pd.DataFrame:
    """The last cell of each search, and for first-order DARTS also the cell that early stopping returns.

    Early stopping (algorithm :data:`EARLY`) takes the last epoch, from 1, up to which no normal cell had more than
    :data:`MOST_SKIPS` skips, and epoch 1 if there is no such epoch. It needs no search of its own.

    Args:
        searches: a ``cell_searches`` table.

    Returns:
        Rows of that table, with ``skips``.
    """
    table = with_skips(searches).sort_values([*_SEARCH, "stage", "epoch"], kind="stable")
    last = table.groupby(_SEARCH, sort=False).tail(1)
    darts = table[(table["algorithm"] == "DARTS-V1") & (table["epoch"] > 0)]
    collapsed = (darts["skips"] > MOST_SKIPS).groupby([darts[name] for name in _SEARCH]).cummax()
    kept = darts[~collapsed | (darts["epoch"] == 1)]
    early = kept.groupby(_SEARCH, sort=False).tail(1).assign(algorithm=EARLY)
    return pd.concat([last, early], ignore_index=True)


def mean_strengths(alphas: pd.DataFrame) -> pd.DataFrame:
    """Softmax of the architecture parameters of each edge, averaged over edges.

    Args:
        alphas: a ``search_alphas`` table.

    Returns:
        One row per ``space``, ``algorithm``, ``stage``, ``seed``, ``epoch``, ``cell_type`` and ``operator``, with
        ``strength``. Candidates of one operator on an edge are added up; edges without the operator do not count.
    """
    edge = [*_SEARCH, "stage", "epoch", "cell_type", "edge"]
    strength = alphas.groupby(edge, sort=False)["alpha"].transform(lambda values: softmax(values.to_numpy()))
    operators = alphas.assign(strength=strength).groupby([*edge, "operator"], sort=False)["strength"].sum()
    means = operators.groupby([name for name in [*edge, "operator"] if name != "edge"], sort=False).mean()
    return means.reset_index()


def alpha_against_accuracy(
    alphas: pd.DataFrame, genotypes: pd.DataFrame, trainings: pd.DataFrame, *, space: str, cell_type: str, edge: int
) -> pd.DataFrame:
    """Learned architecture parameters of an edge beside the accuracy of networks with each operator on it.

    Args:
        alphas: a ``search_alphas`` table.
        genotypes: of an ``edge_operators`` study; ``group`` is the operator.
        trainings: of its set-up.
        space: that was searched.
        cell_type: of the edge.
        edge: of the genotype, which has two edges per node.

    Returns:
        One row per algorithm (StacNAS by its first stage) and operator: ``strength`` (softmax over the candidates on
        the edge, mean over seeds) and ``accuracy`` (%, last epoch, mean over seeds).
    """
    centre = getattr(Genotype.parse(genotypes["genotype"].iloc[0]), cell_type)
    place = complete_edges(centre.nodes).index((centre.edges[edge][1], edge // 2 + 2))
    rows = alphas[(alphas["space"] == space) & (alphas["cell_type"] == cell_type) & (alphas["edge"] == place)]
    rows = rows[(rows["stage"] == 1) & (rows["epoch"] == rows.groupby(["algorithm"])["epoch"].transform("max"))]
    strength = rows.groupby(["algorithm", "seed"])["alpha"].transform(lambda values: softmax(values.to_numpy()))
    operators = rows.assign(strength=strength).groupby(["algorithm", "operator"], sort=False)
    means = operators["strength"].mean().reset_index()
    accuracy = join_study(genotypes, trainings).groupby("group")["last_test_accuracy"].mean()
    found = means.assign(accuracy=means["operator"].map(accuracy))
    return found[np.isfinite(found["accuracy"])].reset_index(drop=True)
