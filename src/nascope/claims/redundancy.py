"""Claims of On redundancy and diversity in cell-based NAS (Wan et al. 2022)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binomtest

from nascope.analysis.ablation import trained_removal
from nascope.analysis.pairs import paired_changes
from nascope.analysis.sampling import category_errors
from nascope.claims.claim import Claim, Estimate, Tables
from nascope.claims.intervals import difference, difference_at_equal, mean, trained_scope, within
from nascope.figures.redundancy.published import published_standing
from nascope.spaces.patterns import SEPARABLE, pattern_base_rate
from nascope.spaces.removal import ORDERS

_REMOVED = 2  # operations, of at most six
_MARGIN = 1.0  # percentage points of error that count as the same


def _few_matter(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["importance"]
    top = table[table["subset"] == "top"]
    share = (top["importance"] > options["threshold"]).groupby(top["index"]).mean().to_numpy()
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]}); the paper's claim is about the DARTS space"
    return mean(0.5 - share, scope)


def _patterns_win(tables: Tables, options: dict[str, Any]) -> Estimate:
    errors = _errors_by_category(tables)
    samples = [errors[name] for name in ("Random", "PrimSkip")]
    return difference(*samples, f"{sum(map(len, samples))} genotypes {trained_scope(options)}")


def _patterns_match_published(tables: Tables, options: dict[str, Any]) -> Estimate:
    errors = _errors_by_category(tables)
    samples = [errors[name] for name in ("published", "PrimSkip")]
    scope = f"{len(samples[0])} published cells, {len(samples[1])} PrimSkip samples, {trained_scope(options)}"
    found = difference(*samples, scope)
    return Estimate(found.value + _MARGIN, found.low + _MARGIN, found.high + _MARGIN, found.n, scope)


def _errors_by_category(tables: Tables) -> dict[str, np.ndarray]:
    errors = category_errors(
        [tables["genotypes"], tables["published_genotypes"]], [tables["trainings"], tables["published_trainings"]]
    )
    return {name: group["test_error"].to_numpy() for name, group in errors.groupby("category")}


def _patterns_win_at_equal_width(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["pattern_predictions"]
    table = table[table["wiring"] == "corrected"]
    groups = [table[table["group"] == group] for group in ("Random", "PrimSkip")]
    scope = (
        f"{sum(map(len, groups))} genotypes, errors predicted by a surrogate of architectures {trained_scope(options)}"
    )
    pairs = [(100 * group["predicted"].to_numpy(), group["width"].to_numpy()) for group in groups]
    return difference_at_equal(*pairs, scope)


def _reductions_hardly_matter(tables: Tables, options: dict[str, Any]) -> Estimate:
    changes = paired_changes(tables["reductions_genotypes"], tables["reductions_trainings"])
    unsearched = changes[changes["group"].isin(("same", "plain", "random"))]
    cells = unsearched.groupby("family")["change"].mean().to_numpy()
    scope = f"{len(cells)} published cells, three other reduction cells each, {trained_scope(options['reductions'])}"
    return within(cells, _MARGIN, scope)


def _trained_removal(tables: Tables, options: dict[str, Any]) -> Estimate:
    changes = trained_removal(tables["removal_genotypes"], tables["removal_trainings"], options["score"])
    removed = changes[changes["step"] > 0].groupby(["index", "order"])["change"].mean().unstack("order")
    excess = 100 * (removed[ORDERS[0]] - removed[ORDERS[1]]).to_numpy()
    steps = ", ".join(map(str, sorted(set(changes["step"]) - {0})))
    scope = f"{len(excess)} cells of the DARTS space without {steps} operations, {trained_scope(options['removal'])}"
    return mean(excess, scope)


def _important_are_patterned(tables: Tables, options: dict[str, Any]) -> Estimate:
    table = tables["genotype_importance"]
    top = table[(table["subset"] == "top") & (table["cell_type"] == "normal")]
    residual = (top["primitive"] == "skip_connect") & (top["source"] < 2)
    top = top.assign(patterned=residual | top["primitive"].isin(SEPARABLE))
    important = top[top["importance"] >= options["threshold"]].groupby("genotype")["patterned"].mean()
    everywhere = top.groupby("genotype")["patterned"].mean().loc[important.index]
    scope = f"normal cells of {len(important)} genotypes; surrogate of architectures {trained_scope(options)}"
    return mean((important - everywhere).to_numpy(), scope)


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
        "patterns help at equal width",
        "pattern_predicted",
        "It is the pattern that makes cells good (Shu et al. would say: their width).",
        "predicted error of Random minus that of PrimSkip (corrected), among cells of equal width (percentage points)",
        _patterns_win_at_equal_width,
    ),
    Claim(
        "redundancy",
        "random samples match published cells",
        "pattern_table",
        "Cells sampled at random with the pattern match or outperform the state of the art.",
        f"mean test error of published cells minus that of PrimSkip, plus {_MARGIN:g} percentage point",
        _patterns_match_published,
    ),
    Claim(
        "redundancy",
        "reduction cells hardly matter",
        "reduction_cells",
        "Searching reduction cells is hardly worth it.",
        f"{_MARGIN:g} percentage point minus the distance of test errors with and without the searched reduction cell",
        _reductions_hardly_matter,
    ),
    Claim(
        "redundancy",
        "important operations are skips and separable convolutions",
        "darts_motifs",
        "The important parts of good cells are residual skips and separable convolutions.",
        "their share among important operations of a cell minus their share among all its operations",
        _important_are_patterned,
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
        "importance tells what removal costs when trained",
        "removal_trained",
        "Removing important operations hurts, removing unimportant ones hardly does.",
        "error without the most important operations minus without as many least important (points, mean over steps)",
        _trained_removal,
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
