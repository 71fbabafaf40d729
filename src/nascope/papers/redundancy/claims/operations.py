"""Claims about which operations matter."""

from __future__ import annotations

from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import mean
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted, no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, Importance, Predictions
from nascope.schemas.results import DARTS_IMPORTANCE, NASBENCH201_IMPORTANCE, SURROGATE_PREDICTIONS
from nascope.spaces.patterns import SEPARABLE

_FEW_OPERATIONS_MATTER = PAPER.claim(
    "few operations matter",
    "Only a fraction of the operations of good cells matter.",
)


@_FEW_OPERATIONS_MATTER.test(
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
    scope = f"top cells of NAS-Bench-201 ({top['dataset'].iloc[0]}); the paper's claim is about the DARTS space"
    return mean(0.5 - share, scope)


_IMPORTANT_OPERATIONS_ARE_SKIPS_AND_SEPARABLE_CONVOLUTIONS = PAPER.claim(
    "important operations are skips and separable convolutions",
    "The important parts of good cells are residual skips and separable convolutions.",
)


@_IMPORTANT_OPERATIONS_ARE_SKIPS_AND_SEPARABLE_CONVOLUTIONS.test(
    reads.surrogate_evidence,
    figure="darts_motifs",
    measure="their share among important operations of a cell minus their share among all its operations",
    unit="genotypes",
    tables=lambda plan: {"genotype_importance": DARTS_IMPORTANCE, "predictions": SURROGATE_PREDICTIONS},
    options=reads.predicted,
)
def important_are_patterned(
    genotype_importance: GenotypeImportance, predictions: Predictions, *, fitted: Fitted, threshold: float
) -> Estimate:
    """Mean over the normal cells of the surrogate's best genotypes that have important operations."""
    table = genotype_importance
    top = table[(table["subset"] == "top") & (table["cell_type"] == "normal")]
    residual = (top["primitive"] == "skip_connect") & (top["source"] < 2)
    top = top.assign(patterned=residual | top["primitive"].isin(SEPARABLE))
    important = top[top["importance"] >= threshold].groupby("genotype")["patterned"].mean()
    everywhere = top.groupby("genotype")["patterned"].mean().loc[important.index]
    scope = f"normal cells of {len(important)} genotypes, by a {fitted}"
    if reason := no_signal(predictions):
        return untestable(reason, scope)
    return mean((important - everywhere).to_numpy(), scope)
