"""Claims of On redundancy and diversity in cell-based NAS (Wan et al. 2022)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binomtest

from nascope.analysis.ablation import ORDERS
from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import difference, mean, trained_scope
from nascope.figures.redundancy.sampling import group_errors, published_standing
from nascope.spaces.patterns import pattern_base_rate

_REMOVED = 2  # operations, of at most six


def _few_matter(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["importance"]
    top = table[table["subset"] == "top"]
    share = (top["importance"] > options["threshold"]).groupby(top["index"]).mean().to_numpy()
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]}); the paper's claim is about the DARTS space"
    return mean(0.5 - share, scope)


def _patterns_win(tables: Tables, options: dict[str, Any]) -> Estimate:
    errors = group_errors(tables["genotypes"], tables["trainings"])
    samples = [errors.loc[errors["group"] == group, "test_error"].to_numpy() for group in ("Random", "PrimSkip")]
    scope = f"{sum(map(len, samples))} genotypes {trained_scope(options)}"
    return difference(*samples, scope)


def _importance_predicts_loss(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["ablation"]
    changes = table[table["step"] == _REMOVED].pivot(index="index", columns="order", values="change")
    excess = 100 * (changes[ORDERS[0]] - changes[ORDERS[1]]).to_numpy()
    return mean(excess, f"{len(excess)} top cells of NAS-Bench-201 ({table['dataset'].iloc[0]}), looked up")


def _unimportant_can_go(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["ablation"]
    least = table[(table["order"] == ORDERS[1]) & (table["step"] == _REMOVED)]
    scope = f"{len(least)} top cells of NAS-Bench-201, looked up; the paper's claim is about the DARTS space"
    return mean(1 - 100 * least["change"].to_numpy(), scope)


def _published_follow(tables: Tables, options: dict[str, Any]) -> Estimate:
    follows = published_standing()["follows"]
    found, base = binomtest(int(follows.sum()), len(follows)), pattern_base_rate()
    low, high = found.proportion_ci(method="wilson")
    scope = "published normal cells of the DARTS space, which share ancestors; base rate exact"
    return Estimate(float(np.mean(follows)) - base, low - base, high - base, len(follows), scope)


CLAIMS = (
    Claim(
        "redundancy",
        "few operations matter",
        "importance_counts",
        "Only a fraction of the operations of good cells matter.",
        "0.5 minus the share of operations in top cells whose importance exceeds the threshold",
        _few_matter,
    ),
    Claim(
        "redundancy",
        "simple patterns suffice",
        "pattern_groups",
        "Cells sampled with skip and separable-convolution patterns (PrimSkip) beat random ones.",
        "mean test error of Random minus that of PrimSkip (percentage points)",
        _patterns_win,
    ),
    Claim(
        "redundancy",
        "importance tells what removal costs",
        "removal",
        "Removing important operations hurts, removing unimportant ones hardly does.",
        "error without the two most important operations minus error without the two least important (points)",
        _importance_predicts_loss,
    ),
    Claim(
        "redundancy",
        "unimportant operations can go",
        "removal",
        "Cells keep their performance without their unimportant operations.",
        "1 percentage point minus the rise of error when the two least important operations are removed",
        _unimportant_can_go,
    ),
    Claim(
        "redundancy",
        "published cells follow the pattern",
        "published_pattern",
        "Cells found by published methods share a pattern of residual skips and separable convolutions.",
        "share of published cells that follow it minus the share of random cells",
        _published_follow,
    ),
)
