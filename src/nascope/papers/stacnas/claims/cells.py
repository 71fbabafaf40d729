"""Architecture parameters, the cells that searches find, their sizes, and gradient confusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.analysis.cell_searches import alpha_against_accuracy
from nascope.evidence.estimate import Estimate, exact, untestable
from nascope.evidence.intervals import correlation, less, mean, welch_interval
from nascope.evidence.scope import Trained
from nascope.papers.stacnas.paper import PAPER
from nascope.papers.stacnas.reference import ALPHA_ACCURACY, DRAWN_SIZES, ERRORS, RELEASED_SIZES
from nascope.schemas.operators import Confusion
from nascope.schemas.results import FOUND_ALPHAS, GRADIENT_CONFUSION
from nascope.schemas.searches import SearchAlphas
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.published import published_cell
from nascope.training.summary import join_study

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.workflow.plan import Plan

_BETTER = PAPER.claim("two stages find better cells", "Cells that StacNAS finds are better than those of DARTS.")
_TELL = PAPER.claim(
    "architecture parameters tell accuracy",
    "With groups, architecture parameters correlate with the accuracy of networks with that operator.",
)
_TELL_MORE = PAPER.claim(
    "groups make architecture parameters tell more",
    "Architecture parameters correlate more with accuracy in StacNAS than in DARTS.",
)
_CONFUSION = PAPER.claim(
    "depth confuses gradients", "In deeper search networks, gradients of mini-batches point less in one direction."
)
_SIZES = PAPER.claim("sizes of the drawn cells", "Our networks of the drawn cells are as large as the authors'.")
_RELEASED = PAPER.claim("sizes of the released networks", "The released networks are those of the drawn cells.")
_ROUNDED = 0.00051  # millions, three decimals
_RELEASED_ROUNDED = 0.0051  # millions, two decimals


@_BETTER.test(
    "published trainings",
    figure="found_cells",
    measure="DARTS' mean test error in Table 1 minus StacNAS' (percentage points)",
    unit="runs of each",
)
def published_errors() -> Estimate:
    """The paper's own numbers, with Welch's interval."""
    ours, darts = ERRORS["StacNAS"], ERRORS["DARTS-V2"]
    scope = "Table 1 of the paper, CIFAR-10 without training tricks; the number of DARTS' runs is not given there"
    return Estimate(darts[0] - ours[0], *welch_interval(darts, ours), ours[2], scope)


@_BETTER.test(
    "trained here",
    figure="found_cells",
    measure="test error of the cell that DARTS found minus that of StacNAS' (percentage points)",
    unit="pairs of searches",
    tables=lambda plan: plan.study(plan.section.found[0]).tables("genotypes", "trainings"),
    options=lambda plan: {"trained": plan.study(plan.section.found[0]).trained},
)
def stacnas_finds_better(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Estimate:
    """Difference in test error, one unit per pair of searches (space and seed)."""
    table = join_study(genotypes, trainings)
    errors = (100 - table["last_test_accuracy"]).groupby([table["family"], table["draw"], table["group"]]).mean()
    both = errors.unstack().reindex(columns=["DARTS-V1", "StacNAS"]).dropna()
    gains = (both["DARTS-V1"] - both["StacNAS"]).to_numpy(dtype=float)
    scope = f"{len(gains)} pairs of searches (space and seed), {trained}"
    return untestable(trained.short, scope) if trained.short else mean(gains, scope, (-100.0, 100.0))


def _edge_tables(plan: Plan[StacNas]) -> dict[str, Any]:
    return {"search_alphas": FOUND_ALPHAS, **plan.study(plan.section.edge).tables("genotypes", "trainings")}


def _edge_options(plan: Plan[StacNas]) -> dict[str, Any]:
    return {
        "space": plan.section.searches.spaces[0],
        **plan.study(plan.section.edge).chosen("cell_type", "edge"),
        "trained": plan.study(plan.section.edge).trained,
    }


_CORRELATION = "Pearson's correlation of {} softmax weights with stand-alone accuracy"


@_TELL.test("published trainings", figure="alpha_accuracy", measure=_CORRELATION.format("learned"), unit="operators")
def published_alphas_tell() -> Estimate:
    """Correlation over the points of the authors' figure."""
    return _told(_published("StacNAS"), "points read off the authors' figure, one edge, CIFAR-10")


@_TELL.test(
    "trained here",
    figure="alpha_accuracy",
    measure=_CORRELATION.format("the first stage's"),
    unit="operators",
    tables=_edge_tables,
    options=_edge_options,
)
def alphas_tell_accuracy(
    search_alphas: SearchAlphas,
    genotypes: Genotypes,
    trainings: Trainings,
    *,
    space: str,
    cell_type: str,
    edge: int,
    trained: Trained,
) -> Estimate:
    """Correlation over the operators on one edge, with Fisher's interval."""
    if trained.short:
        return untestable(trained.short, f"operators on one edge, {trained}")
    found = alpha_against_accuracy(search_alphas, genotypes, trainings, space=space, cell_type=cell_type, edge=edge)
    return _told(found[found["algorithm"] == "StacNAS"], f"operators on one edge, {trained}")


@_TELL_MORE.test(
    "published trainings",
    figure="alpha_accuracy",
    measure="Pearson's correlation of learned softmax weights with stand-alone accuracy: StacNAS' minus DARTS'",
    unit="operators",
)
def published_alphas_tell_more() -> Estimate:
    """Difference of the two correlations in the authors' figure."""
    ours, darts = (_told(_published(name), "points") for name in ("StacNAS", "DARTS"))
    return less(ours, darts, "points read off the authors' figure (4 and 7 operators), one edge, CIFAR-10")


@_TELL_MORE.test(
    "trained here",
    figure="alpha_accuracy",
    measure="Pearson's correlation of the first stage's softmax weights with stand-alone accuracy minus DARTS'",
    unit="operators",
    tables=_edge_tables,
    options=_edge_options,
)
def alphas_tell_more(
    search_alphas: SearchAlphas,
    genotypes: Genotypes,
    trainings: Trainings,
    *,
    space: str,
    cell_type: str,
    edge: int,
    trained: Trained,
) -> Estimate:
    """Difference of two correlations over the operators on one edge."""
    scope = f"operators on one edge, {trained}"
    if trained.short:
        return untestable(trained.short, scope)
    found = alpha_against_accuracy(search_alphas, genotypes, trainings, space=space, cell_type=cell_type, edge=edge)
    ours, darts = (_told(found[found["algorithm"] == name], scope) for name in ("StacNAS", "DARTS-V1"))
    return less(ours, darts, scope)


@_CONFUSION.test(
    "trained here",
    figure="confusion",
    measure="mean cosine of mini-batch gradients in the shallowest first-stage network minus that in the deepest",
    unit="searches",
    tables=lambda plan: {"confusion": GRADIENT_CONFUSION},
    options=lambda plan: {"dataset": plan.section.confusion.dataset},
)
def depth_confuses(confusion: Confusion, *, dataset: str) -> Estimate:
    """Difference of cosines, one unit per seed."""
    first = confusion[confusion["network"] == "stage 1"].pivot_table(
        index="seed", columns="cells", values="mean_cosine"
    )
    gaps = (first[first.columns.min()] - first[first.columns.max()]).dropna()
    scope = f"search networks of {first.columns.min()} and {first.columns.max()} cells, {len(gaps)} seed(s), {dataset}"
    return mean(gaps.to_numpy(), scope, (-2.0, 2.0))


@_SIZES.test(
    "computed",
    figure="found_cells",
    measure="half of the last published decimal minus the largest deviation (millions of parameters)",
    unit="networks",
)
def drawn_cells_have_their_sizes() -> Estimate:
    """Parameters of two drawn cells, BatchNorm after pools counted."""
    return exact(_ROUNDED - _deviation(DRAWN_SIZES), len(DRAWN_SIZES), "20 cells, 36 channels, no auxiliary head")


@_RELEASED.test(
    "computed",
    figure="found_cells",
    measure="half of the last published decimal minus the largest deviation (millions of parameters)",
    unit="networks",
)
def released_are_drawn() -> Estimate:
    """The README's sizes of released networks beside those of the drawn cells."""
    gap = _deviation(RELEASED_SIZES)
    return exact(_RELEASED_ROUNDED - gap, len(RELEASED_SIZES), "sizes in the README of the authors' code")


def _deviation(published: Mapping[str, tuple[int, float]]) -> float:
    """Largest deviation of a network's parameters from what is published (millions)."""
    return max(abs(_millions(name, classes) - millions) for name, (classes, millions) in published.items())


def _millions(name: str, classes: int) -> float:
    from nascope.networks.skeletons import count_parameters  # Imports torch, which reading the workflow does without.

    genotype = published_cell(name).genotype
    return count_parameters(genotype, channels=36, cells=20, classes=classes, in_channels=3, pool_norm=True) / 1e6


def _published(algorithm: str) -> pd.DataFrame:
    return pd.DataFrame(ALPHA_ACCURACY[algorithm], columns=["operator", "accuracy", "strength"])


def _told(points: pd.DataFrame, scope: str) -> Estimate:
    n = len(points)
    rho = np.corrcoef(points["accuracy"], points["strength"])[0, 1] if n > 2 else np.nan
    return correlation(rho, 1.0, n, 3, f"{n} {scope}")
