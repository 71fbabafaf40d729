"""Connections change convergence more than operations do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.evidence.estimate import Estimate
from nascope.evidence.intervals import difference_at_equal
from nascope.evidence.noise import beyond_noise, seed_variance
from nascope.evidence.scope import Trained
from nascope.papers.understanding.claims.areas import diverged, training_areas
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan


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
    measure="mean distance in mean test loss from the published cell, seed noise subtracted: connection minus "
    "operation variants of the same cell (nats)",
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
    """Difference of mean distances within families, one unit per variant; both sides have the same seeds."""
    connections = pd.concat([training_areas(*pair) for pair in zip(genotypes, curves, strict=True)])
    operations = training_areas(operations_genotypes, operations_curves)
    every = pd.concat([connections, operations], keys=["connections", "operations"], names=["side"]).reset_index("side")
    lost = diverged(every, "training(s)")
    slowest = every.loc[np.isfinite(every["area"]), "area"].max()
    every["area"] = every["area"].clip(upper=slowest)
    noise = seed_variance(every["area"], every["side"] + every["family"] + every["name"])
    distances = _from_original(_with_common_seeds(every), 0.0 if np.isnan(noise) else noise)
    sides = [distances[distances["side"] == side] for side in ("connections", "operations")]
    corrected = "not known, as no cell has two seeds" if np.isnan(noise) else "subtracted"
    scope = (
        f"{len(sides[0])} connection and {len(sides[1])} operation variants of {distances['family'].nunique()} cells "
        f"{trained}, seed noise {corrected}{lost}"
    )
    first, second = ((side["distance"].to_numpy(), side["family"].to_numpy()) for side in sides)
    return difference_at_equal(first, second, scope)


def _with_common_seeds(every: pd.DataFrame) -> pd.DataFrame:
    """Trainings of families with both kinds of variants, with the seeds that both kinds have."""
    sides = every.groupby(["family", "seed"])["side"].transform("nunique")
    return every[sides == 2]


def _from_original(trainings: pd.DataFrame, variance: float) -> pd.DataFrame:
    """Distance of each variant's area from its published cell's: ``side``, ``family``, ``distance``."""
    keys = ["side", "family", "group", "name"]
    cells = trainings.groupby(keys)["area"].agg(["mean", "size"]).reset_index()
    is_original = cells["group"] == "original"
    original = cells[is_original].set_index(["side", "family"])["mean"].rename("original")
    variants = cells[~is_original].join(original, on=["side", "family"])
    gaps = variants["mean"] - variants["original"]
    noise = 2 * variance / variants["size"]  # the published cell has as many seeds
    return variants.assign(distance=beyond_noise(gaps.to_numpy(), noise.to_numpy()))
