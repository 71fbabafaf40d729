"""Claims about random cells as they come: which have the pattern, and which of their cells explains their accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.intervals import difference
from nascope.evidence.jackknife import adjusted_r2, jackknife
from nascope.oracles.encoding import cell_features
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted
from nascope.papers.redundancy.gates import no_signal
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Predictions
from nascope.schemas.results import SURROGATE_PREDICTIONS, TRANSFERRED
from nascope.schemas.searches import Architectures
from nascope.spaces.genotype import Genotype
from nascope.spaces.patterns import follows_pattern

if TYPE_CHECKING:
    from nascope.papers.declare import Claim
    from nascope.papers.redundancy.settings import Redundancy

_FOLLOWERS = "accuracy of cells with the pattern minus that of others (percentage points)"
_GAIN = "half of the R² by the normal cell's operations, width and depth, minus what the reduction cell's add to it"


def _help(dataset: str) -> Claim[Redundancy]:
    return PAPER.claim(
        f"patterns help on {dataset}", f"Random cells that happen to have the pattern are better on {dataset}."
    )


def _little(dataset: str) -> Claim[Redundancy]:
    return PAPER.claim(
        f"reduction cells add little on {dataset}",
        f"The reduction cell adds little to what the normal cell tells of the accuracy on {dataset}.",
    )


_CIFAR, _SVHN, _SPHERICAL, _NINAPRO = "CIFAR-10", "SVHN", "spherical CIFAR-100", "NinaPro"
_HELP_CIFAR, _HELP_SVHN, _HELP_SPHERICAL, _HELP_NINAPRO = map(_help, (_CIFAR, _SVHN, _SPHERICAL, _NINAPRO))
_LITTLE_CIFAR, _LITTLE_SVHN, _LITTLE_SPHERICAL, _LITTLE_NINAPRO = map(_little, (_CIFAR, _SVHN, _SPHERICAL, _NINAPRO))
_NORMAL = PAPER.claim(
    "normal cells explain more of the accuracy",
    "The normal cell explains more of the accuracy than the reduction cell.",
)


@_HELP_CIFAR.test(
    reads.surrogate_evidence,
    figure="surrogate",
    measure="error of other cells minus that of cells with the pattern (percentage points)",
    unit="genotypes",
    tables=lambda plan: {"predictions": SURROGATE_PREDICTIONS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def patterns_help_on_cifar(predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Difference of two means over what the surrogate is fitted to; none of its predictions is used."""
    cells = followers(predictions)
    scope = f"{len(cells)} architectures of a {fitted}, {cells['follows'].sum()} with the pattern"
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)
    with_pattern, others = (100 * cells.loc[cells["follows"] == follows, "observed"] for follows in (True, False))
    return difference(others.to_numpy(), with_pattern.to_numpy(), scope)


@_HELP_SVHN.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_FOLLOWERS,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def patterns_help_on_svhn(transfer: Architectures) -> Estimate:
    """Difference of two means over cells."""
    return _followers(transfer, _SVHN)


@_HELP_SPHERICAL.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_FOLLOWERS,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def patterns_help_on_spherical(transfer: Architectures) -> Estimate:
    """Difference of two means over cells."""
    return _followers(transfer, _SPHERICAL)


@_HELP_NINAPRO.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_FOLLOWERS,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def patterns_help_on_ninapro(transfer: Architectures) -> Estimate:
    """Difference of two means over cells."""
    return _followers(transfer, _NINAPRO)


@_LITTLE_SVHN.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_GAIN,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def reductions_add_little_on_svhn(transfer: Architectures) -> Estimate:
    """Linear regressions over cells."""
    return _trained_gain(transfer, _SVHN)


@_LITTLE_SPHERICAL.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_GAIN,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def reductions_add_little_on_spherical(transfer: Architectures) -> Estimate:
    """Linear regressions over cells."""
    return _trained_gain(transfer, _SPHERICAL)


@_LITTLE_NINAPRO.test(
    "published trainings",
    figure="pattern_transfer",
    measure=_GAIN,
    unit="cells",
    tables=lambda plan: {"transfer": TRANSFERRED},
)
def reductions_add_little_on_ninapro(transfer: Architectures) -> Estimate:
    """Linear regressions over cells."""
    return _trained_gain(transfer, _NINAPRO)


@_LITTLE_CIFAR.test(
    reads.surrogate_evidence,
    figure="surrogate",
    measure=_GAIN,
    unit="genotypes",
    tables=lambda plan: {"predictions": SURROGATE_PREDICTIONS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def reductions_add_little(predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Linear regressions over what the surrogate is fitted to."""
    normal, reduction, errors, scope = _known(predictions, fitted)
    return (
        untestable(reason, scope)
        if (reason := no_signal(predictions, fitted))
        else _gain(normal, reduction, errors, scope)
    )


@_NORMAL.test(
    reads.surrogate_evidence,
    figure="surrogate",
    measure="adjusted R² of normal cells' operations, width and depth minus reduction cells'",
    unit="genotypes",
    tables=lambda plan: {"predictions": SURROGATE_PREDICTIONS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def normal_cells_explain_more(predictions: Predictions, *, fitted: Fitted) -> Estimate:
    """Linear regressions over what the surrogate is fitted to."""
    normal, reduction, errors, scope = _known(predictions, fitted)
    if reason := no_signal(predictions, fitted):
        return untestable(reason, scope)

    def more(units: np.ndarray) -> float:
        return adjusted_r2(normal[units], errors[units]) - adjusted_r2(reduction[units], errors[units])

    return jackknife(len(errors), more, scope)


def followers(table: pd.DataFrame) -> pd.DataFrame:
    """A table with a column ``genotype``, and whether each normal cell ``follows`` the pattern."""
    known = {text: follows_pattern(Genotype.parse(text).normal) for text in table["genotype"].unique()}
    return table.assign(follows=table["genotype"].map(known))


def _followers(transfer: pd.DataFrame, dataset: str) -> Estimate:
    cells = (
        followers(transfer[transfer["dataset"] == dataset]).groupby("genotype")[["valid_accuracy", "follows"]].mean()
    )
    follow = cells["follows"] > 0
    scope = f"{len(cells)} random cells that others trained on {dataset}, {follow.sum()} with the pattern"
    if not follow.any():
        return untestable("no cell with the pattern", scope)
    first, second = (cells.loc[chosen, "valid_accuracy"].to_numpy() for chosen in (follow, ~follow))
    return difference(first, second, scope)


def _trained_gain(transfer: pd.DataFrame, dataset: str) -> Estimate:
    scores = transfer[transfer["dataset"] == dataset].groupby("genotype")["valid_accuracy"].mean()
    scope = f"{len(scores)} random cells that others trained on {dataset}"
    if scores.empty:
        return untestable("no such cells", scope)
    return _gain(*_features(scores.index), scores.to_numpy(), scope)


def _known(predictions: pd.DataFrame, fitted: Fitted) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    """Features of both cells, errors and scope of what a surrogate is fitted to."""
    scope = f"{len(predictions)} architectures of a {fitted}"
    return *_features(predictions["genotype"]), predictions["observed"].to_numpy(), scope


def _features(texts: pd.Series | pd.Index) -> tuple[np.ndarray, np.ndarray]:
    genotypes = [Genotype.parse(text) for text in texts]
    normal, reduction = (cell_features([getattr(g, kind) for g in genotypes]) for kind in ("normal", "reduce"))
    return normal, reduction


def _gain(normal: np.ndarray, reduction: np.ndarray, values: np.ndarray, scope: str) -> Estimate:
    """How far the reduction cell's gain of R² stays below half of the normal cell's R²; nothing explained is a tie."""
    both = np.hstack([normal, reduction])

    def short_of(units: np.ndarray) -> float:
        alone = adjusted_r2(normal[units], values[units])
        return alone / 2 - (adjusted_r2(both[units], values[units]) - alone)

    alone = adjusted_r2(normal, values)
    gain = adjusted_r2(both, values) - alone
    return jackknife(len(values), short_of, f"{scope}: R² {alone:.2f} and {gain:+.2f}")
