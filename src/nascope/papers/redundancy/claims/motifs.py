"""Claims about frequent subgraphs of the important parts of good cells (Fig. 7, Table 1)."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from scipy.stats import binomtest

from nascope.analysis.subgraphs import parse_motif
from nascope.evidence.estimate import Estimate, untestable
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Motifs, Predictions
from nascope.schemas.results import DARTS_MOTIFS, SURROGATE_PREDICTIONS
from nascope.spaces.patterns import SEPARABLE

_TOP = 15  # subgraphs that the paper draws
_INPUTS = ("input1", "input2")
_TABLES = {"motifs": DARTS_MOTIFS, "predictions": SURROGATE_PREDICTIONS}

_JOIN = PAPER.claim(
    "top subgraphs join residual links and separable convolutions",
    "Most of the subgraphs that set good cells apart have a residual link and a separable convolution.",
)
_ONLY = PAPER.claim(
    "top subgraphs have no other operations",
    "Most of the subgraphs that set good cells apart consist of skips and separable convolutions alone.",
)


@_JOIN.test(
    reads.surrogate_evidence,
    figure="darts_motifs",
    measure=f"share of the {_TOP} subgraphs of largest ratio, as coded, that have both, minus 0.5",
    unit="subgraphs",
    tables=lambda plan: _TABLES,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def subgraphs_join(motifs: Motifs, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Counted among the subgraphs of the surrogate's best genotypes."""
    return _most(motifs, predictions, fitted, _joins)


@_ONLY.test(
    reads.surrogate_evidence,
    figure="darts_motifs",
    measure=f"share of the {_TOP} subgraphs of largest ratio, as coded, that have nothing else, minus 0.5",
    unit="subgraphs",
    tables=lambda plan: _TABLES,
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def subgraphs_have_no_others(motifs: Motifs, predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Counted among the subgraphs of the surrogate's best genotypes."""
    return _most(motifs, predictions, fitted, _pure)


def _most(motifs: pd.DataFrame, predictions: pd.DataFrame, fitted: Fitted, told: Callable[[str], bool]) -> Estimate:
    """Share among the subgraphs that the paper's miner finds, by its ratio; Wilson's interval, as of a sample."""
    found = motifs[motifs["rooted"].astype(bool)].nlargest(_TOP, "ratio_as_coded")["motif"]
    scope = (
        f"{len(found)} rooted subgraphs of the normal cells of a surrogate's best genotypes ({fitted}); they overlap"
    )
    reason = no_signal(predictions, fitted) or ("" if len(found) else "no subgraph is frequent")
    if reason:
        return untestable(reason, scope)
    share = binomtest(sum(map(told, found)), len(found))
    low, high = share.proportion_ci(method="wilson")
    return Estimate(share.statistic - 0.5, low - 0.5, high - 0.5, len(found), scope)


def _joins(text: str) -> bool:
    edges = parse_motif(text)
    residual = any(op == "skip_connect" and source in _INPUTS for source, _, op in edges)
    return residual and any(op in SEPARABLE for _, _, op in edges)


def _pure(text: str) -> bool:
    return all(op in ("skip_connect", *SEPARABLE) for _, _, op in parse_motif(text))
