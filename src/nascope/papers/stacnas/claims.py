"""Claims of StacNAS (Li et al. 2021)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import alpha_against_accuracy, with_skips
from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import correlation, mean
from nascope.evidence.scope import Trained
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.operators import OperatorFeatures
from nascope.schemas.results import CORRELATIONS, FOUND_ALPHAS, FOUND_CELLS
from nascope.schemas.searches import CellSearches, SearchAlphas
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.training.summary import join_study

#: The groups that the StacNAS code fixes by hand.
_STACNAS_GROUPS = (
    ("sep_conv_3x3", "sep_conv_5x5"),
    ("dil_conv_3x3", "dil_conv_5x5"),
    ("max_pool_3x3", "avg_pool_3x3"),
)


_CLUSTERING_PREVENTS_COLLAPSE = PAPER.claim(
    "clustering prevents collapse",
    "Searching groups first keeps skip connections from taking over.",
)


@_CLUSTERING_PREVENTS_COLLAPSE.test(
    "trained here",
    figure="skip_counts",
    measure="skip connections of DARTS' final normal cell minus those of StacNAS'",
    unit="pairs of searches",
    tables=lambda plan: {"cell_searches": FOUND_CELLS},
    options=lambda plan: {
        "dataset": plan.section.searches.dataset,
        "epochs": plan.section.searches.weights.epochs,
        "spaces": plan.section.searches.spaces,
    },
)
def clustering_prevents_collapse(
    cell_searches: CellSearches, *, dataset: str, epochs: int, spaces: tuple[str, ...]
) -> Estimate:
    """Difference in skip connections, one unit per space and seed."""
    table = with_skips(cell_searches)
    last = table.sort_values(["stage", "epoch"]).groupby(["space", "seed", "algorithm"])["skips"].last().unstack()
    scope = f"spaces {', '.join(spaces)}, {table['seed'].nunique()} seed(s), {epochs} epochs per stage on {dataset}"
    return mean(_darts_minus_stacnas(last), scope)


def _darts_minus_stacnas(table: pd.DataFrame) -> np.ndarray:
    """Differences of two columns, where both algorithms searched."""
    both = table.reindex(columns=["DARTS-V1", "StacNAS"]).dropna()
    gains: np.ndarray = (both["DARTS-V1"] - both["StacNAS"]).to_numpy(dtype=float)
    return gains


_TWO_STAGES_FIND_BETTER_CELLS = PAPER.claim(
    "two stages find better cells",
    "Cells that StacNAS finds are better than those of DARTS.",
)


@_TWO_STAGES_FIND_BETTER_CELLS.test(
    "trained here",
    figure="found_cells",
    measure="test error of the cell that DARTS found minus that of StacNAS' (percentage points)",
    unit="pairs of searches",
    tables=lambda plan: plan.study(plan.section.found[0]).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.found[0]).trained},
)
def stacnas_finds_better(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Estimate:
    """Difference in test error, one unit per pair of searches (space and seed)."""
    table = join_study(genotypes, trainings)
    errors = (100 - table["last_test_accuracy"]).groupby([table["family"], table["draw"], table["group"]]).mean()
    gains = _darts_minus_stacnas(errors.unstack())
    return mean(gains, f"{len(gains)} pairs of searches (space and seed), {trained}")


_ARCHITECTURE_PARAMETERS_TELL_ACCURACY = PAPER.claim(
    "architecture parameters tell accuracy",
    "With groups, architecture parameters correlate with the accuracy of networks with that operator.",
)


@_ARCHITECTURE_PARAMETERS_TELL_ACCURACY.test(
    "trained here",
    figure="alpha_accuracy",
    measure="Pearson's correlation of the first stage's softmax weights with stand-alone accuracy",
    unit="operators",
    tables=lambda plan: {
        "search_alphas": FOUND_ALPHAS,
        **plan.study(plan.section.edge).tables("genotypes", "trainings"),
    },
    options=lambda plan: {
        "space": plan.section.searches.spaces[0],
        **plan.study(plan.section.edge).chosen("cell_type", "edge"),
        "trained": plan.study(plan.section.edge).trained,
    },
)
def alphas_tell_accuracy(
    search_alphas: SearchAlphas,
    genotypes: Genotypes,
    trainings: Trainings,
    *,
    space: str,
    cell_type: str,
    edge: int,
    trained: Trained,
) -> Estimate:
    """Correlation over the operators on one edge, with Fisher's interval."""
    found = alpha_against_accuracy(search_alphas, genotypes, trainings, space=space, cell_type=cell_type, edge=edge)
    part = found[found["algorithm"] == "StacNAS"]
    rho = np.corrcoef(part["accuracy"], part["strength"])[0, 1] if len(part) > 2 else np.nan
    return correlation(rho, 1.0, len(part), 3, f"{len(part)} operators on one edge, {trained}")


_SIMILAR_OPERATORS_CORRELATE = PAPER.claim(
    "similar operators correlate",
    "Operators of one family have correlated feature maps, more than operators of different families.",
)


@_SIMILAR_OPERATORS_CORRELATE.test(
    "trained here",
    figure="operator_correlation",
    measure="mean correlation within the published groups minus that between them",
    unit="probed edges",
    tables=lambda plan: {"operator_features": CORRELATIONS},
    options=lambda plan: {"dataset": plan.section.operators.dataset},
)
def similar_correlate(operator_features: OperatorFeatures, *, dataset: str) -> Estimate:
    """Difference of mean correlations, one unit per probed edge."""
    table = operator_features[operator_features["first"] < operator_features["second"]]
    together = {tuple(sorted(group)) for group in _STACNAS_GROUPS}
    pairs = zip(table["first"], table["second"], strict=True)
    same = pd.Series([pair in together for pair in pairs], index=table.index)
    units = table.assign(same=same).groupby(["seed", "cell", "edge", "same"])["correlation"].mean().unstack("same")
    supernets = f"{table['seed'].nunique()} supernets, one-level search on {dataset}"
    scope = f"{len(units)} probed edges (not independent: {supernets})"
    return mean((units[True] - units[False]).to_numpy(), scope)
