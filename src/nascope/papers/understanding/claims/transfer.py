"""Width, depth and size against final accuracy of random cells that others trained off CIFAR-10."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import bootstrap, inside
from nascope.evidence.ranks import spearman
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.results import TRANSFERRED
from nascope.schemas.searches import Architectures
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.topology import depth, width

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_WEAK = 0.25  # a rank correlation below this explains at most 6% of the ranks' variance
_OPERATIONS = ("max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3")


def _trained(plan: Plan[Understanding]) -> dict[str, Result]:
    return {"transfer": TRANSFERRED}


_WIDTH = PAPER.claim("width tells little about final accuracy", "Wide cells generalise about as well as narrow ones.")
_DEPTH = PAPER.claim("depth tells little about final accuracy", "Shallow cells generalise about as well as deep ones.")
_SIZE = PAPER.claim("large networks generalise better", "Networks with more parameters are more accurate.")
_NORMAL = PAPER.claim(
    "normal cells tell more than reduction cells",
    "The normal cell, by which width and depth are told, explains more of the final accuracy than the reduction cell.",
)


@_WIDTH.test(
    "published trainings",
    figure="final_accuracy",
    measure=f"{_WEAK} minus the size of the rank correlation of width with the mean rank of accuracy over data sets",
    unit="cells",
    tables=_trained,
)
def width_tells_little(transfer: Architectures) -> Estimate:
    """Equivalence: the whole interval of the correlation lies between -0.25 and 0.25."""
    return inside(_with(lambda genotype: width(genotype.normal), transfer), _WEAK)


@_DEPTH.test(
    "published trainings",
    figure="final_accuracy",
    measure=f"{_WEAK} minus the size of the rank correlation of depth with the mean rank of accuracy over data sets",
    unit="cells",
    tables=_trained,
)
def depth_tells_little(transfer: Architectures) -> Estimate:
    """Equivalence: the whole interval of the correlation lies between -0.25 and 0.25."""
    return inside(_with(lambda genotype: depth(genotype.normal), transfer), _WEAK)


@_SIZE.test(
    "published trainings",
    figure="final_accuracy",
    measure="rank correlation of the number of parameters with the mean rank of accuracy over data sets",
    unit="cells",
    tables=_trained,
)
def large_are_accurate(transfer: Architectures) -> Estimate:
    """Correlation over cells."""
    return _with(parameters, transfer)


@_NORMAL.test(
    "published trainings",
    figure="final_accuracy",
    measure="adjusted R² of normal cells' operations, width and depth minus reduction cells', mean over data sets",
    unit="cells",
    tables=_trained,
)
def normal_cells_tell_more(transfer: Architectures) -> Estimate:
    """Difference of two regressions' R², with a bootstrap over cells."""
    scores, genotypes = _scores(transfer)
    normal, reduction = (
        np.array([_features(getattr(genotype, kind)) for genotype in genotypes]) for kind in ("normal", "reduce")
    )

    def gain(chosen: np.ndarray) -> float:
        rows = chosen.astype(int)
        gains = [
            _explained(normal[rows], score[rows]) - _explained(reduction[rows], score[rows])
            for score in scores.T.to_numpy()
        ]
        return float(np.mean(gains))

    each = ", ".join(
        f"{name} {_explained(normal, score):.2f} against {_explained(reduction, score):.2f}"
        for name, score in zip(scores.columns, scores.T.to_numpy(), strict=True)
    )
    return bootstrap((np.arange(len(genotypes)),), gain, f"{len(genotypes)} random cells: R² {each}")


def _scores(transfer: pd.DataFrame) -> tuple[pd.DataFrame, list[Genotype]]:
    """Accuracies with a column per data set, and the genotypes in the same order."""
    wide = transfer.pivot_table(index="genotype", columns="dataset", values="valid_accuracy").dropna()
    return wide, [Genotype.parse(text) for text in wide.index]


def _with(measure: Callable[[Genotype], float], transfer: pd.DataFrame) -> Estimate:
    """Correlation of a measure of genotypes with the mean rank over data sets."""
    scores, genotypes = _scores(transfer)
    values = pd.Series([measure(genotype) for genotype in genotypes], index=scores.index)
    each = ", ".join(f"{name} {spearman(values, scores[name], '').value:.2f}" for name in scores)
    scope = f"{len(scores)} random cells that others trained: rank correlations {each}"
    return spearman(values, scores.rank().mean(axis=1), scope)


def parameters(genotype: Genotype) -> int:
    """Of the network with 16 channels and 8 cells."""
    from nascope.networks.skeletons import count_parameters  # Imports torch, which reading the workflow does without.

    return count_parameters(genotype, channels=16, cells=8, classes=10, in_channels=3)


def _features(cell: Cell) -> list[float]:
    operations = [op for op, _ in cell.edges]
    return [1.0, *(operations.count(name) for name in _OPERATIONS), width(cell), depth(cell)]


def _explained(features: np.ndarray, score: np.ndarray) -> float:
    """Adjusted R² of a linear regression whose first feature is constant."""
    fitted = features @ np.linalg.lstsq(features, score, rcond=None)[0]
    rest = np.square(score - fitted).sum() / np.square(score - score.mean()).sum()
    n, k = features.shape
    return float(1 - rest * (n - 1) / (n - k))
