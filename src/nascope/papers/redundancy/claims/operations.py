"""Claims about which operations of good cells matter (Fig. 3 and 4)."""

from __future__ import annotations

import pandas as pd

from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import difference, mean
from nascope.evidence.medians import median_difference
from nascope.evidence.refits import by_refit, over_refits
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_likeness, no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, Importance, Predictions
from nascope.schemas.results import NASBENCH201_IMPORTANCE
from nascope.spaces.patterns import SEPARABLE

_DILATED = ("dil_conv_3x3", "dil_conv_5x5")
_POOLS = ("max_pool_3x3", "avg_pool_3x3")

_FEW = PAPER.claim("few operations matter", "Only a fraction of the operations of good cells matter.")
_FEW_NASBENCH201 = PAPER.claim(
    "few operations matter on NAS-Bench-201", "On NAS-Bench-201, too, only a fraction of good cells' operations matter."
)
_NORMAL = PAPER.claim(
    "important operations are in normal cells",
    "Far more operations of the normal cell matter than of the reduction cell.",
)
_PATTERNED = PAPER.claim(
    "important operations are skips and separable convolutions",
    "The important parts of good cells are residual skips and separable convolutions.",
)
_OFTEN = PAPER.claim(
    "good cells prefer skips and separable convolutions",
    "Skips and separable convolutions are more frequent in good normal cells than in random ones.",
)
_SKIPS = PAPER.claim("skips matter most", "Skip connections are the most important operations of good normal cells.")
_SEPARABLE = PAPER.claim(
    "separable convolutions matter more than dilated ones",
    "In good normal cells, separable convolutions matter more than dilated ones.",
)
_OTHERS = PAPER.claim(
    "pooling and dilated convolutions hardly matter",
    "Good normal cells would be as good with other operations in place of pooling and dilated convolutions.",
)
_POSITION = PAPER.claim(
    "skips matter as residual links",
    "Skip connections matter more where they come from the inputs of the cell than where they come from a node.",
)


@_FEW_NASBENCH201.test(
    reads.evidence,
    figure="importance_counts",
    measure="0.5 minus the share of operations in top cells whose importance exceeds the threshold",
    unit="top cells",
    tables=lambda plan: {"importance": NASBENCH201_IMPORTANCE},
    options=lambda plan: {"threshold": plan.section.importance.threshold},
)
def few_matter(importance: Importance, *, threshold: float) -> Estimate:
    """Mean over the top cells of NAS-Bench-201."""
    top = importance[importance["subset"] == "top"]
    share = (top["importance"] > threshold).groupby(top["index"]).mean().to_numpy()
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]})"
    if reason := no_likeness(importance):
        return untestable(reason, scope)
    return mean(0.5 - share, scope)


@_FEW.test(
    reads.surrogate_evidence,
    figure="darts_counts",
    measure="0.5 minus the share of operations of both cells whose importance reaches the threshold",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def few_matter_predicted(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Mean over the surrogate's best genotypes."""
    top = _cells(genotype_importance)
    scope = f"both cells of {_scope(top, fitted)}"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    shares = (by_refit(top, "importance") >= threshold).groupby(top["genotype"]).mean()
    return over_refits([0.5 - shares], lambda sample: mean(sample, scope), (-0.5, 0.5))


@_NORMAL.test(
    reads.surrogate_evidence,
    figure="darts_counts",
    measure="share of important operations in normal cells minus that in reduction cells",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def normal_operations_matter(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Mean over the surrogate's best genotypes."""
    top = _cells(genotype_importance)
    scope = _scope(top, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    important = by_refit(top, "importance") >= threshold
    normal, reduction = (
        important[top["cell_type"] == kind].groupby(top["genotype"]).mean() for kind in ("normal", "reduce")
    )
    return over_refits([normal - reduction], lambda sample: mean(sample, scope), (-1, 1))


@_PATTERNED.test(
    reads.surrogate_evidence,
    figure="darts_motifs",
    measure="their share among important operations of a cell minus their share among all its operations",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def important_are_patterned(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Mean over the normal cells of the surrogate's best genotypes that have important operations by every refit."""
    top = _cells(genotype_importance, "normal")
    residual = (top["primitive"] == "skip_connect") & (top["source"] < 2)
    patterned = (residual | top["primitive"].isin(SEPARABLE)).astype(float)
    important = by_refit(top, "importance") >= threshold
    among = important.mul(patterned, axis=0).groupby(top["genotype"]).sum() / important.groupby(top["genotype"]).sum()
    excess = among.sub(patterned.groupby(top["genotype"]).mean(), axis=0).dropna()
    scope = f"normal cells of {_scope(top, fitted)}"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([excess], lambda sample: mean(sample, scope), (-1, 1))


@_OFTEN.test(
    reads.surrogate_evidence,
    figure="darts_counts",
    measure="their share in the normal cells of the best genotypes minus that in random ones",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def good_cells_prefer(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Difference of two means. Which genotypes are the best is the surrogate's own choice."""
    top, uniform = (
        cells["primitive"].isin(("skip_connect", *SEPARABLE)).groupby(cells["genotype"]).mean().to_numpy()
        for cells in (_cells(genotype_importance, "normal", subset) for subset in ("top", "uniform"))
    )
    scope = f"normal cells of the best {len(top)} genotypes by a {fitted}, and of {len(uniform)} random ones"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return difference(top, uniform, scope)


@_SKIPS.test(
    reads.surrogate_evidence,
    figure="darts_importance",
    measure="median importance of skip connections minus that of 3x3 separable convolutions (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def skips_matter_most(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Difference of two medians over genotypes, as in the paper's boxes."""
    return _compared(genotype_importance, predictions, fitted, ("skip_connect",), ("sep_conv_3x3",))


@_SEPARABLE.test(
    reads.surrogate_evidence,
    figure="darts_importance",
    measure="median importance of separable convolutions minus that of dilated ones (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def separable_matter_more(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Difference of two medians over genotypes."""
    return _compared(genotype_importance, predictions, fitted, SEPARABLE, _DILATED)


def _compared(
    importance: pd.DataFrame, predictions: pd.DataFrame, fitted: Fitted, first: tuple[str, ...], second: tuple[str, ...]
) -> Estimate:
    """How much more important some primitives are than others, in the normal cells of the best genotypes."""
    top = _cells(importance, "normal")
    values = 100 * by_refit(top, "importance")
    means = [_means(values, top, top["primitive"].isin(primitives)) for primitives in (first, second)]
    scope = f"normal cells of {_scope(top, fitted)}, means of each cell"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits(means, lambda one, other: median_difference(one, other, scope))


@_OTHERS.test(
    reads.surrogate_evidence,
    figure="darts_importance",
    measure="the threshold minus the mean importance of pooling and dilated convolutions (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def others_hardly_matter(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Mean over the normal cells of the best genotypes that have some."""
    top = _cells(genotype_importance, "normal")
    means = _means(100 * by_refit(top, "importance"), top, top["primitive"].isin((*_DILATED, *_POOLS)))
    scope = f"normal cells of {_scope(top, fitted)}"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits([100 * threshold - means], lambda sample: mean(sample, scope))


@_POSITION.test(
    reads.surrogate_evidence,
    figure="skip_positions",
    measure="mean importance of skips from the inputs minus that of skips from nodes (percentage points)",
    unit="genotypes",
    tables=lambda plan: reads.DARTS,
    options=reads.predicted,
)
def residual_skips_matter(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Difference of two means over genotypes."""
    top = _cells(genotype_importance, "normal")
    skips, values = top["primitive"] == "skip_connect", 100 * by_refit(top, "importance")
    means = [_means(values, top, skips & place) for place in (top["source"] < 2, top["source"] >= 2)]
    scope = f"normal cells of {_scope(top, fitted)}: {len(means[0])} with skips from inputs, {len(means[1])} from nodes"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    return over_refits(means, lambda one, other: difference(one, other, scope))


def _cells(importance: pd.DataFrame, kind: str = "", subset: str = "top") -> pd.DataFrame:
    """Operations of one set of genotypes, of one cell type or of both."""
    chosen = importance[importance["subset"] == subset]
    return chosen[chosen["cell_type"] == kind] if kind else chosen


def _means(values: pd.DataFrame, operations: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Means over the chosen operations of each genotype that has any."""
    return values[chosen].groupby(operations.loc[chosen, "genotype"]).mean()


def _scope(top: pd.DataFrame, fitted: Fitted) -> str:
    return f"the best {top['genotype'].nunique()} random genotypes by a {fitted}"
