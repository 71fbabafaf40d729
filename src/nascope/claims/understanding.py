"""Claims of Understanding architectures learnt by cell-based NAS (Shu et al. 2020)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import spearmanr

from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import correlation, mean, trained_scope
from nascope.spaces.cellspace import random_connections
from nascope.spaces.published import published_cell
from nascope.spaces.topology import width
from nascope.training.summary import join_study


def _popular_are_wide(tables: Tables, options: dict[str, Any]) -> Estimate:
    excess = []
    for name in options["cells"]:
        genotype = published_cell(name).genotype
        drawn = np.array([width(random_connections(genotype, seed).normal) for seed in range(options["wirings"])])
        own = width(genotype.normal)
        # Mid-rank percentile: ties count half.
        excess.append(float((drawn < own).mean() + (drawn == own).mean() / 2 - 0.5))
    scope = f"normal cells of {', '.join(options['cells'])} among {options['wirings']} random wirings each"
    return mean(np.array(excess), scope)


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
        "topologies",
        "Popular cells have a wide and shallow topology compared with random connections.",
        "mean percentile of the published width among random wirings, minus 0.5",
        _popular_are_wide,
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
