"""How fast training converges, by connections, operations and learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import difference, mean
from nascope.evidence.scope import Trained
from nascope.papers.understanding.claims.width import with_width
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes
from nascope.training.summary import join_study

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan, StudyTables


_WIDE_CELLS_CONVERGE_FAST = PAPER.claim(
    "wide cells converge fast",
    "Wide and shallow cells converge faster.",
)


@_WIDE_CELLS_CONVERGE_FAST.test(
    "trained here",
    figure="convergence",
    measure="minus the rank correlation of width with the mean test loss over epochs",
    unit="cells",
    tables=lambda plan: plan.study(plan.section.convergence).tables("genotypes", "curves"),
    options=lambda plan: {"trained": plan.study(plan.section.convergence).trained},
)
def wide_converge_fast(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    areas = _areas(genotypes, curves)
    return with_width(areas, "area", -1, f"{len(areas)} cells {trained}, {len(genotypes['seeds'].iloc[0])} seed(s)")


def _rewired_and_redrawn(plan: Plan[Understanding]) -> dict[str, Result | list[Result]]:
    """Connection and operation variants; areas of different set-ups cannot be compared."""
    section = plan.section
    convergence, families, operations = plan.alike([section.convergence, section.families, section.operations])
    return {
        "genotypes": [convergence.genotypes, families.genotypes],
        "curves": [convergence.curves, families.curves],
        "operations_genotypes": operations.genotypes,
        "operations_curves": operations.curves,
    }


_CONNECTIONS_MATTER_MORE_THAN_OPERATIONS = PAPER.claim(
    "connections matter more than operations",
    "Random operations change convergence much less than random connections.",
)


@_CONNECTIONS_MATTER_MORE_THAN_OPERATIONS.test(
    "trained here",
    figure="operations",
    measure="mean distance in mean test loss from the published cell: connection minus operation variants (nats)",
    unit="variants",
    tables=_rewired_and_redrawn,
    options=lambda plan: {"trained": plan.study(plan.section.convergence).trained},
)
def connections_matter_more(
    genotypes: list[Genotypes],
    curves: list[Curves],
    operations_genotypes: Genotypes,
    operations_curves: Curves,
    *,
    trained: Trained,
) -> Estimate:
    """Difference of mean distances, one unit per variant."""
    pairs = zip(genotypes, curves, strict=True)
    connections = np.concatenate([_from_original(_areas(*pair)) for pair in pairs])
    operations = _from_original(_areas(operations_genotypes, operations_curves))
    scope = f"{len(connections)} connection and {len(operations)} operation variants {trained}"
    return difference(connections, operations, scope)


def _at_other_rates(plan: Plan[Understanding]) -> list[StudyTables]:
    """Studies whose learning rate is not that of the study of convergence."""
    usual = plan.study(plan.section.convergence).protocol.learning_rate
    return [study for study in plan.studies(plan.section.rates) if study.protocol.learning_rate != usual]


def _curves_at_other_rates(plan: Plan[Understanding]) -> dict[str, Any]:
    return plan.tables([study.name for study in _at_other_rates(plan)], "genotypes", "curves")


_FAST_AT_OTHER_LEARNING_RATES = PAPER.claim(
    "fast at other learning rates",
    "The published cell converges faster with smaller and larger learning rates, too.",
)


@_FAST_AT_OTHER_LEARNING_RATES.test(
    "trained here",
    figure="rates",
    measure="logarithm of the narrowest variant's mean test loss over epochs over the published cell's",
    unit="pairs of trainings",
    tables=_curves_at_other_rates,
    options=lambda plan: {"rates": [study.protocol.learning_rate for study in _at_other_rates(plan)]},
)
def fast_at_other_rates(genotypes: list[Genotypes], curves: list[Curves], *, rates: list[float]) -> Estimate:
    """Mean over pairs of trainings of the published cell and the narrowest variants, one pair per rate and seed."""
    gains: list[float] = []
    for pair in zip(genotypes, curves, strict=True):
        areas = join_study(*pair).groupby(["seed", "name", "group", "width"])["test_loss"].mean().reset_index()
        narrowest = areas[areas["width"] == areas["width"].min()].groupby("seed")["test_loss"].mean()
        # Ratios, because at a large rate outliers of the losses would dominate differences.
        gains += list(np.log(narrowest / areas[areas["group"] == "original"].set_index("seed")["test_loss"]))
    scope = f"learning rates {', '.join(f'{rate:g}' for rate in rates)}, {len(gains)} pairs of trainings"
    return mean(np.array(gains), scope)


def _areas(genotypes: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Mean test loss over epochs and seeds, one row per cell."""
    table = join_study(genotypes, curves)
    cells = table.groupby(["family", "group", "name", "width"], sort=False)["test_loss"].mean()
    return cells.rename("area").reset_index()


def _from_original(areas: pd.DataFrame) -> np.ndarray:
    """Distance of each variant's area from its published cell's."""
    original = areas[areas["group"] == "original"].set_index("family")["area"]
    variants = areas[areas["group"] != "original"]
    distances: np.ndarray = (variants["area"] - variants["family"].map(original)).abs().to_numpy()
    return distances
