"""Claims of StacNAS (Li et al. 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import alpha_against_accuracy, with_skips
from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import correlation, mean, trained_scope
from nascope.training.summary import join_study

#: The groups that the StacNAS code fixes by hand.
_STACNAS_GROUPS = (
    ("sep_conv_3x3", "sep_conv_5x5"),
    ("dil_conv_3x3", "dil_conv_5x5"),
    ("max_pool_3x3", "avg_pool_3x3"),
)


def _similar_correlate(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["operator_features"]
    table = table[table["first"] < table["second"]]
    together = {tuple(sorted(group)) for group in _STACNAS_GROUPS}
    same = pd.Series(
        [pair in together for pair in zip(table["first"], table["second"], strict=True)], index=table.index
    )
    units = table.assign(same=same).groupby(["seed", "cell", "edge", "same"])["correlation"].mean().unstack("same")
    scope = (
        f"{len(units)} probed edges (not independent: {table['seed'].nunique()} supernets) trained here on "
        f"{options['dataset']} with search protocol {options['search_protocol']}"
    )
    return mean((units[True] - units[False]).to_numpy(), scope)


def _clustering_prevents_collapse(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = with_skips(tables["cell_searches"])
    last = table.sort_values(["stage", "epoch"]).groupby(["space", "seed", "algorithm"])["skips"].last().unstack()
    skips = _darts_minus_stacnas(last)
    searched = options["searches"]
    spaces = ", ".join(searched["spaces"])
    scope = f"spaces {spaces}, {table['seed'].nunique()} seed(s), {searched['weights']['epochs']} epochs a stage on "
    return mean(skips, scope + searched["dataset"])


def _darts_minus_stacnas(table: pd.DataFrame) -> np.ndarray:
    """Differences of two columns, where a search with both algorithms was run."""
    both = table.reindex(columns=["DARTS-V1", "StacNAS"]).dropna()
    return (both["DARTS-V1"] - both["StacNAS"]).to_numpy(dtype=float)


def _stacnas_finds_better(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = join_study(tables["genotypes"][0], tables["trainings"][0])
    errors = (
        (100 - table["last_test_accuracy"]).groupby([table["family"], table["draw"], table["group"]]).mean().unstack()
    )
    gains = _darts_minus_stacnas(errors)
    return mean(gains, f"{len(gains)} pairs of searches (space and seed), {trained_scope(options['found'])}")


def _alphas_tell_accuracy(tables: Tables, options: dict[str, Any]) -> Estimate:
    where = {key: options["edge"][key] for key in ("space", "cell_type", "edge")}
    found = alpha_against_accuracy(tables["search_alphas"], tables["edge_genotypes"], tables["edge_trainings"], **where)
    part = found[found["algorithm"] == "StacNAS"]
    rho = np.corrcoef(part["accuracy"], part["strength"])[0, 1] if len(part) > 2 else np.nan
    scope = f"{len(part)} operators on one edge, {trained_scope(options['edge'])}"
    return correlation(rho, 1.0, len(part), 3, scope)


CLAIMS = (
    Claim(
        "stacnas",
        "clustering prevents collapse",
        "skip_counts",
        "Searching groups first keeps skip connections from taking over.",
        "skip connections of DARTS' final normal cell minus those of StacNAS'",
        _clustering_prevents_collapse,
    ),
    Claim(
        "stacnas",
        "two stages find better cells",
        "found_cells",
        "Cells that StacNAS finds are better than those of DARTS.",
        "test error of the cell that DARTS found minus that of StacNAS' (percentage points)",
        _stacnas_finds_better,
    ),
    Claim(
        "stacnas",
        "architecture parameters tell accuracy",
        "alpha_accuracy",
        "With groups, architecture parameters correlate with the accuracy of networks with that operator.",
        "Pearson's correlation of the first stage's softmax weights with stand-alone accuracy",
        _alphas_tell_accuracy,
    ),
    Claim(
        "stacnas",
        "similar operators correlate",
        "operator_correlation",
        "Operators of one family have correlated feature maps, more than operators of different families.",
        "mean correlation within the published groups minus that between them",
        _similar_correlate,
    ),
)
