"""Claims of Understanding architectures learnt by cell-based NAS (Shu et al. 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import spearmanr

from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import correlation, mean, trained_scope
from nascope.spaces.published import published_cell
from nascope.spaces.wirings import standing
from nascope.training.summary import join_study


def _popular_are_wide(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _stands(0, options)


def _popular_are_shallow(tables: Tables, options: dict[str, Any]) -> Estimate:
    return _stands(1, options)


def _stands(which: int, options: dict[str, Any]) -> Estimate:
    shares = [standing(published_cell(name).genotype.normal)[which] for name in options["cells"]]
    scope = f"normal cells of {', '.join(options['cells'])} among all wirings, counted exactly"
    return mean(np.array(shares) - 0.5, scope)


def _wide_converge_fast(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = join_study(tables["genotypes"], tables["curves"])
    area = table.groupby(["name", "width"])["test_loss"].mean().reset_index()

    scope = f"{len(area)} cells {trained_scope(options)}, {table['seed'].nunique()} seed(s)"
    rho = -spearmanr(area["width"], area["test_loss"]).statistic
    return correlation(rho, 1 + rho**2 / 2, len(area), 3, scope)


CLAIMS = (
    Claim(
        "understanding",
        "popular cells are wide",
        "wirings",
        "Popular cells are wide compared with random connections.",
        "mean share of wirings that are narrower than the published cell, minus 0.5",
        _popular_are_wide,
    ),
    Claim(
        "understanding",
        "popular cells are shallow",
        "wirings",
        "Popular cells are shallow compared with random connections.",
        "mean share of wirings that are deeper than the published cell, minus 0.5",
        _popular_are_shallow,
    ),
    Claim(
        "understanding",
        "wide cells converge fast",
        "convergence",
        "Wide and shallow cells converge faster.",
        "minus the rank correlation of width with the mean test loss over epochs",
        _wide_converge_fast,
    ),
)
