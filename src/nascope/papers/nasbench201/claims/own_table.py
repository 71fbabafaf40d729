"""Claims about our own table."""

from __future__ import annotations

import numpy as np
from scipy.stats import kendalltau

from nascope.analysis.early import representatives
from nascope.evidence.correlations import shifted
from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation
from nascope.evidence.scope import Trained
from nascope.papers.nasbench201.paper import PAPER
from nascope.schemas.results import OWN_SPACE
from nascope.schemas.searches import Benchmark

_A_SMALL_TABLE_IS_REPEATABLE = PAPER.claim(
    "a small table is repeatable",
    "(Ours) A table trained at small scale ranks cells the same with another seed.",
)


@_A_SMALL_TABLE_IS_REPEATABLE.test(
    "trained here",
    figure="own_space",
    measure="Kendall's tau between two seeds, minus 0.5",
    unit="functions",
    tables=lambda plan: {"benchmark": OWN_SPACE},
    options=lambda plan: {"trained": plan.study(plan.section.own_space).trained},
)
def own_table_repeats(benchmark: Benchmark, *, trained: Trained) -> Estimate:
    """Agreement of the first seed with the last, one unit per function, with Fisher's interval."""
    runs = benchmark[benchmark["index"].isin(representatives(benchmark))]
    table = runs.pivot(index="key", columns="seed", values="test_accuracy")
    tau = kendalltau(table.iloc[:, 0], table.iloc[:, -1]).statistic if table.shape[1] > 1 else np.nan
    scope = f"our own table, functions {trained}, first against last seed"
    return shifted(correlation(tau, 0.437, len(table), 4, scope), -0.5)
