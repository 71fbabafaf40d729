"""Claims against training length: what goes with accuracy after each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nascope.drawing.style import Drawing, canvas, colours_of
from nascope.evidence.ranks import spearman
from nascope.evidence.scope import Trained
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes
from nascope.spaces.genotype import Genotype
from nascope.training.summary import join_study

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_FEATURES = {
    "separable convolutions": ("sep_conv_3x3", "sep_conv_5x5"),
    "skip connections": ("skip_connect",),
    "pools": ("max_pool_3x3", "avg_pool_3x3"),
}


def _trained_alike(plan: Plan[Understanding]) -> dict[str, Result | list[Result]]:
    """The studies with the set-up of the first: accuracies of other set-ups cannot be compared with theirs."""
    studies = plan.studies(plan.section.lengths)
    label = studies[0].setup.label
    return plan.tables([study.name for study in studies if study.setup.label == label], "genotypes", "curves")


@PAPER.figure(
    "Claims against training length: rank correlation of cells' features with accuracy after each epoch",
    tables=_trained_alike,
    options=lambda plan: {"trained": plan.study(plan.section.lengths[0]).trained},
)
def claims_over_epochs(genotypes: list[Genotypes], curves: list[Curves], *, trained: Trained) -> Drawing:
    """A line per feature of the normal cell, with 95% intervals over cells."""
    scores = pd.concat([join_study(*pair) for pair in zip(genotypes, curves, strict=True)])
    cells = scores.groupby(["key", "epoch"])["test_accuracy"].mean().unstack()
    features = _features(scores.drop_duplicates("key").set_index("key").loc[cells.index])
    data = pd.DataFrame(
        [
            (feature, epoch, found.value, found.low, found.high)
            for feature in features
            for epoch in cells
            for found in [spearman(features[feature], cells[epoch], "")]
        ],
        columns=["feature", "epoch", "rho", "low", "high"],
    )
    figure, axes = canvas(1, len(features.columns), 2.7 * len(features.columns), 2.9, sharey=True, squeeze=False)
    for axis, (feature, colour) in zip(axes[0], colours_of(list(features)).items(), strict=True):
        line = data[data["feature"] == feature]
        axis.plot(line["epoch"], line["rho"], "o-", color=colour, markersize=3)
        axis.fill_between(line["epoch"], line["low"], line["high"], color=colour, alpha=0.15, linewidth=0)
        axis.axhline(0, color="#555555", linewidth=0.8)
        axis.set_title(feature)
        axis.set_xlabel("epoch")
    axes[0, 0].set_ylabel("rank correlation with\ntest accuracy")
    note = (
        f"{len(cells)} cells {trained}, each with one value (a mean over seeds); features of normal cells, bands: "
        "95% intervals over cells. In published 600-epoch trainings such signs turn with length (docs/findings.md), so "
        "a sign at the end of a short training says nothing about final accuracy."
    )
    return Drawing(figure, data, note)


def _features(cells: pd.DataFrame) -> pd.DataFrame:
    """Width and numbers of operations of normal cells, one row per cell."""
    operations = [[op for op, _ in Genotype.parse(text).normal.edges] for text in cells["genotype"]]
    counts = {name: [sum(op in members for op in edges) for edges in operations] for name, members in _FEATURES.items()}
    return pd.DataFrame({"width": cells["width"], **counts}, index=cells.index)
