"""What lies around trained weights: how it was measured, and a study's part of the measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.analysis.geometry import BatchNorm, SplitName
from nascope.config.section import Section
from nascope.errors import NascopeError
from nascope.evidence.scope import Trained

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan

_STATISTICS = {"running": "its running estimates", "batch": "the statistics of the images at hand"}


class Surroundings(Section, frozen=True, kw_only=True):
    """How the surroundings of a study's trained weights were measured.

    Attributes:
        trained: set-up of the trainings.
        split: split of the images that are measured on.
        images: number of these images (0: all of the split).
        batch_norm: what BatchNorm normalises with: ``running`` estimates, or statistics of the ``batch``.
        seed: training seed of the networks that are drawn.
    """

    trained: Trained
    split: SplitName
    images: int
    batch_norm: BatchNorm
    seed: int

    @property
    def statistics(self) -> str:
        """What BatchNorm normalises with, in words."""
        return _STATISTICS[self.batch_norm]


def surroundings(plan: Plan[Understanding], measure: str, study: str) -> dict[str, Any]:
    """The values of :class:`Surroundings` for a study: the first mode of BatchNorm and the first seed are drawn."""
    return {
        "trained": plan.study(study).trained,
        "split": measure_option(plan, measure, study, "split"),
        "images": measure_option(plan, measure, study, "images"),
        "batch_norm": measure_option(plan, measure, study, "batch_norm")[0],
        "seed": plan.section.geometry.seeds[0],
    }


def measure_option(plan: Plan[Understanding], measure: str, study: str, option: str) -> Any:  # noqa: ANN401 - any key
    """An option of a measure (``landscape``, ``gradients`` or ``sharpness``), the study's own where it has one."""
    shared = getattr(plan.section.geometry.measures, measure)
    return shared.studies.get(study, {}).get(option, getattr(shared, option))


def measured(genotypes: pd.DataFrame, table: pd.DataFrame, seed: int | None = None) -> pd.DataFrame:
    """A study's rows of a measure of trained weights' surroundings, beside its genotypes' columns.

    Adds ``panel``, the name of a cell over all families of the study.

    Args:
        genotypes: the study.
        table: measurements of any studies.
        seed: of the trainings; None for all.

    Raises:
        NascopeError: the study was not measured.
    """
    names = ["study", "family", "group", "name", "key", "width", "depth"]
    joined = genotypes[names].merge(table, on=["study", "key"])
    if seed is not None:
        joined = joined[joined["seed"] == seed]
    if joined.empty:
        raise NascopeError(
            f"nothing is measured around weights of study {genotypes['study'].iloc[0]!r}: name it under the studies of "
            "understanding.geometry.measures, and a seed that it trains under understanding.geometry.seeds"
        )
    variant = joined["family"] + " " + joined["name"]
    several = len(joined["family"].unique()) > 1
    return joined.assign(
        panel=joined["name"].where(joined["name"] == joined["family"], variant if several else joined["name"])
    )


def in_batches(size: int) -> str:
    """A size of mini-batches in words."""
    return "single images" if size == 1 else f"mini-batches of {size}"
