"""Claims of On redundancy and diversity in cell-based NAS (Wan et al. 2022)."""

from __future__ import annotations

from typing import Any

from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import difference, mean, trained_scope
from nascope.figures.redundancy import group_errors


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
)
