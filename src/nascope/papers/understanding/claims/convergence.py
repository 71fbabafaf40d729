"""Wide and shallow cells converge faster: by width, by depth, within families and at other learning rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.evidence.estimate import Estimate, untestable
from nascope.evidence.scope import Trained
from nascope.papers.understanding.claims.areas import cell_areas, diverged
from nascope.papers.understanding.claims.shape import more_with
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan, StudyTables

_WIDE = "minus the rank correlation of width with the mean test loss over epochs"
_SHALLOW = "rank correlation of depth with the mean test loss over epochs"


def _study(plan: Plan[Understanding], name: str) -> dict[str, Any]:
    return plan.study(name).tables("genotypes", "curves")


def _of(genotypes: pd.DataFrame, areas: pd.DataFrame, trained: Trained) -> str:
    return f"{len(areas)} cells {trained}, {len(genotypes['seeds'].iloc[0])} seed(s){diverged(areas, 'cell(s)')}"


_WIDE_CELLS_CONVERGE_FAST = PAPER.claim("wide cells converge fast", "Wide cells converge faster.")
_SHALLOW_CELLS_CONVERGE_FAST = PAPER.claim("shallow cells converge fast", "Shallow cells converge faster.")


@_WIDE_CELLS_CONVERGE_FAST.test(
    "trained here",
    figure="convergence",
    measure=_WIDE,
    unit="cells",
    tables=lambda plan: _study(plan, plan.section.convergence),
    options=lambda plan: {"trained": plan.study(plan.section.convergence).trained},
)
def wide_converge_fast(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    areas = cell_areas(genotypes, curves)
    return more_with("width", areas, "area", _of(genotypes, areas, trained), sign=-1)


@_SHALLOW_CELLS_CONVERGE_FAST.test(
    "trained here",
    figure="convergence_measures",
    measure=_SHALLOW,
    unit="cells",
    tables=lambda plan: _study(plan, plan.section.convergence),
    options=lambda plan: {"trained": plan.study(plan.section.convergence).trained},
)
def shallow_converge_fast(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Estimate:
    """Correlation over cells, each averaged over seeds."""
    areas = cell_areas(genotypes, curves)
    return more_with("depth", areas, "area", _of(genotypes, areas, trained), sign=-1)


_WIDE_IN_FAMILIES = PAPER.claim(
    "wide variants of other cells converge fast",
    "Among the variants of other published cells, wide ones converge faster.",
)
_SHALLOW_IN_FAMILIES = PAPER.claim(
    "shallow variants of other cells converge fast",
    "Among the variants of other published cells, shallow ones converge faster.",
)


@_WIDE_IN_FAMILIES.test(
    "trained here",
    figure="families",
    measure=f"{_WIDE}, within families",
    unit="cells",
    tables=lambda plan: _study(plan, plan.section.families),
    options=lambda plan: {"trained": plan.study(plan.section.families).trained},
)
def wide_relatives_converge_fast(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Estimate:
    """Correlation over cells of ranks within families."""
    areas = cell_areas(genotypes, curves)
    return more_with("width", areas, "area", _families(genotypes, areas, trained), sign=-1, strata=areas["family"])


@_SHALLOW_IN_FAMILIES.test(
    "trained here",
    figure="families",
    measure=f"{_SHALLOW}, within families",
    unit="cells",
    tables=lambda plan: _study(plan, plan.section.families),
    options=lambda plan: {"trained": plan.study(plan.section.families).trained},
)
def shallow_relatives_converge_fast(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Estimate:
    """Correlation over cells of ranks within families."""
    areas = cell_areas(genotypes, curves)
    return more_with("depth", areas, "area", _families(genotypes, areas, trained), sign=-1, strata=areas["family"])


def _families(genotypes: pd.DataFrame, areas: pd.DataFrame, trained: Trained) -> str:
    return f"{areas['family'].nunique()} families, {_of(genotypes, areas, trained)}"


def _at_rates(plan: Plan[Understanding], sign: int) -> list[StudyTables]:
    """Studies whose learning rate is smaller (-1) or larger (1) than that of the study of convergence."""
    usual = plan.study(plan.section.convergence).protocol.learning_rate
    studies = plan.studies(plan.section.rates)
    return [study for study in studies if sign * (study.protocol.learning_rate - usual) > 0]


def _tables_at(plan: Plan[Understanding], sign: int) -> dict[str, Any]:
    return plan.tables([study.name for study in _at_rates(plan, sign)], "genotypes", "curves")


def _rates(plan: Plan[Understanding], sign: int) -> dict[str, Any]:
    return {"rates": [study.protocol.learning_rate for study in _at_rates(plan, sign)]}


_FAST_AT_SMALLER_RATES = PAPER.claim(
    "fast at smaller learning rates", "With a smaller learning rate, too, wide cells converge faster."
)
_FAST_AT_LARGER_RATES = PAPER.claim(
    "fast at larger learning rates", "With a larger learning rate, too, wide cells converge faster."
)


@_FAST_AT_SMALLER_RATES.test(
    "trained here",
    figure="rates",
    measure=_WIDE,
    unit="cells",
    tables=lambda plan: _tables_at(plan, -1),
    options=lambda plan: _rates(plan, -1),
)
def fast_at_smaller_rates(genotypes: list[Genotypes], curves: list[Curves], *, rates: list[float]) -> Estimate:
    """Correlation over cells, each averaged over rates and seeds."""
    return _at_other_rates(genotypes, curves, rates)


@_FAST_AT_LARGER_RATES.test(
    "trained here",
    figure="rates",
    measure=_WIDE,
    unit="cells",
    tables=lambda plan: _tables_at(plan, 1),
    options=lambda plan: _rates(plan, 1),
)
def fast_at_larger_rates(genotypes: list[Genotypes], curves: list[Curves], *, rates: list[float]) -> Estimate:
    """Correlation over cells, each averaged over rates and seeds."""
    return _at_other_rates(genotypes, curves, rates)


def _at_other_rates(genotypes: list[pd.DataFrame], curves: list[pd.DataFrame], rates: list[float]) -> Estimate:
    if not rates:
        return untestable("understanding.rates names no study with such a learning rate", "no trainings")
    parts = [cell_areas(*pair) for pair in zip(genotypes, curves, strict=True)]
    # Ranks, because losses at different rates have different sizes.
    ranked = pd.concat([part.assign(rank=part["area"].rank()) for part in parts])
    cells = ranked.groupby(["family", "name", "width"])["rank"].mean().reset_index()
    lost = diverged(ranked, "network(s)")
    scope = f"learning rates {', '.join(f'{rate:g}' for rate in rates)}, {len(cells)} cells trained here{lost}"
    return more_with("width", cells, "rank", scope, sign=-1)
