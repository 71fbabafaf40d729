"""Removing operations one after the other, most or least important first (Wan et al. 2022, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.removal import ORDERS, removal_order
from nascope.training.summary import join_study

if TYPE_CHECKING:
    from nascope.oracles.oracle import Oracle
    from nascope.spaces.nasbench201 import NasBench201Cell


def nasbench201_removal(oracle: Oracle[NasBench201Cell], importance: pd.DataFrame) -> pd.DataFrame:
    """Successive removal in every top cell of NAS-Bench-201, by looking up errors: nothing is trained.

    The importances are those of the whole cell and are not computed again after a removal, as in the paper. Edges that
    are ``none`` in the whole cell have no operation to remove.

    Args:
        oracle: of the errors.
        importance: an ``importance`` table of four-node cells, by the same oracle.

    Returns:
        An ``ablation`` table; step 0 is the whole cell.
    """
    cells = enumerate_cells(4)
    steps, asked = [], []
    for index, edges in importance[importance["subset"] == "top"].groupby("index", sort=True):
        present = edges[edges["primitive"] != "none"]
        for order in ORDERS:
            sequence = present["edge"].to_numpy()[removal_order(present["importance"].to_numpy(), order)]
            cell = cells[index]
            for step, edge in enumerate([None, *sequence]):
                cell = cell if edge is None else cell.replace_edge(edge, "none")
                steps.append((index, order, step, -1 if edge is None else edge))
                asked.append(cell)
    table = pd.DataFrame(steps, columns=["index", "order", "step", "edge"]).assign(error=oracle.error(asked))
    whole = table["error"].where(table["step"] == 0).groupby([table["index"], table["order"]]).transform("first")
    return table.assign(change=table["error"] - whole, dataset=oracle.dataset)


def trained_removal(genotypes: pd.DataFrame, trainings: pd.DataFrame, score: str) -> pd.DataFrame:
    """Successive removal by the trainings of a ``successive_removal`` study.

    Args:
        genotypes: of the study.
        trainings: of its set-up.
        score: ``last_test``, or ``best_test`` for the largest test accuracy of all epochs, as in the authors' code.

    Returns:
        One row per genotype and order with ``index``, ``order``, ``step``, ``error`` and ``change`` as in an
        ``ablation`` table, averaged over seeds; the whole genotype is step 0 of both orders.
    """
    table = join_study(genotypes, trainings).assign(step=lambda rows: rows["genotype"].str.count("'none'"))
    keys = ["family", "draw", "group", "step"]
    scores = table.groupby(keys, sort=False)[f"{score}_accuracy"].mean().reset_index()
    whole = scores[scores["group"] == "whole"]
    rows = pd.concat([*(whole.assign(group=order) for order in ORDERS), scores[scores["group"] != "whole"]])
    error = 1 - rows[f"{score}_accuracy"] / 100
    change = error - rows["family"].map(1 - whole.set_index("family")[f"{score}_accuracy"] / 100)
    steps = rows.rename(columns={"draw": "index", "group": "order"})[["index", "order", "step"]]
    return steps.assign(error=error, change=change).reset_index(drop=True)


def removal_summary(ablation: pd.DataFrame) -> pd.DataFrame:
    """Median, 30th and 70th percentile of the change of accuracy at each step, and whether it is a fall.

    Args:
        ablation: an ``ablation`` table, or what :func:`trained_removal` returns.

    Returns:
        One row per order and step: ``median``, ``low`` and ``high`` (percentage points of accuracy), ``cells``, and
        ``p_value``, one-sided, of Wilcoxon's signed-rank test against no change (the paper's test).
    """
    from scipy.stats import wilcoxon  # Slow to import; most figures do without it.

    rows = []
    for (order, step), cells in ablation[ablation["step"] > 0].groupby(["order", "step"], sort=False):
        change = -100 * cells["change"].to_numpy()
        p_value = wilcoxon(change, alternative="less").pvalue if np.any(change) else 1.0
        rows.append((order, step, *np.percentile(change, [50, 30, 70]), len(change), p_value))
    return pd.DataFrame(rows, columns=["order", "step", "median", "low", "high", "cells", "p_value"])
