"""Learning curves of published cells and of their variants (Fig. 3-5, 11-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.understanding.figures.curve_panels import (
    SCORES,
    draw_both_scores,
    draw_curves,
    draw_legend,
    loss_scale,
    over_seeds,
    seeds_drawn,
)
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes
from nascope.training.summary import join_study
from nascope.words import counted

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.workflow.plan import Plan


@PAPER.figure(
    "Test loss and accuracy of a published cell and of random connection variants, by width",
    number="Fig. 3 and 13",
    tables=lambda plan: plan.study(plan.section.convergence).tables("genotypes", "curves"),
    options=lambda plan: {"trained": plan.study(plan.section.convergence).trained},
)
def convergence(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Drawing:
    """Test loss and accuracy of a published cell and of its connection variants, one column per width."""
    table = join_study(genotypes, curves)
    data = over_seeds(table, list(SCORES))
    original = data["group"] == "original"
    groups = data.loc[~original, "group"].unique()
    figure, axes = canvas(2, len(groups), 2.6 * len(groups), 5, sharey="row", sharex=True, squeeze=False)
    for column, group in enumerate(groups):
        shown = pd.concat([data[original], data[data["group"] == group]])
        draw_both_scores(axes[:, column], shown, f"width {group}")
    for axis, label in zip(axes[:, 0], SCORES.values(), strict=True):
        axis.set_ylabel(label)
    note = (
        f"{_sentence(trained, table)} Variants: random connections, operations kept, drawn by width (paper: CIFAR-10 "
        "and CIFAR-100, 600 epochs)."
    )
    return Drawing(figure, data, note)


@PAPER.figure(
    "Test loss of other published cells and of their connection variants",
    number="Fig. 11, 12, 14 and 15",
    tables=lambda plan: plan.study(plan.section.families).tables("genotypes", "curves"),
    options=lambda plan: {"trained": plan.study(plan.section.families).trained},
)
def families(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Drawing:
    """Test loss of published cells and of connection variants of each, one panel per published cell."""
    table = join_study(genotypes, curves)
    data = over_seeds(table, ["test_loss"])
    names = data["family"].unique()
    figure, axes = canvas(1, len(names), 2.8 * len(names), 3, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        draw_curves(axis, data[data["family"] == family], "test_loss")
        loss_scale(axis)
        axis.set_title(family)
        axis.set_xlabel("epoch")
        draw_legend(axis)
    axes[0, 0].set_ylabel(SCORES["test_loss"])
    note = f"{_sentence(trained, table)} Variants: random connections, operations kept (paper: CIFAR-10, 600 epochs)."
    return Drawing(figure, data, note)


def _rates(plan: Plan[Understanding]) -> dict[str, Any]:
    return {
        "trained": plan.trained(plan.section.rates),
        "rates": [study.protocol.learning_rate for study in plan.studies(plan.section.rates)],
    }


@PAPER.figure(
    "The same cells with other learning rates",
    number="Fig. 5",
    tables=lambda plan: plan.tables(plan.section.rates, "genotypes", "curves"),
    options=_rates,
)
def rates(genotypes: list[Genotypes], curves: list[Curves], *, trained: list[Trained], rates: list[float]) -> Drawing:
    """Test loss and accuracy of the same cells, one column per learning rate."""
    tables = [join_study(*pair) for pair in zip(genotypes, curves, strict=True)]
    parts = [
        over_seeds(table, list(SCORES)).assign(learning_rate=rate) for table, rate in zip(tables, rates, strict=True)
    ]
    data = pd.concat(parts, ignore_index=True)
    figure, axes = canvas(2, len(tables), 2.9 * len(tables), 5, sharex="col", sharey="row", squeeze=False)
    for column, (part, rate) in enumerate(zip(parts, rates, strict=True)):
        draw_both_scores(axes[:, column], part, f"learning rate {rate:g}")
    for axis, label in zip(axes[:, 0], SCORES.values(), strict=True):
        axis.set_ylabel(label)
    note = " ".join(_sentence(*pair) for pair in zip(trained, tables, strict=True))
    return Drawing(figure, data, f"{note} (Paper: CIFAR-10, 600 epochs.)")


@PAPER.figure(
    "Test accuracy of published cells and of variants with random operations",
    number="Fig. 4",
    tables=lambda plan: plan.study(plan.section.operations).tables("genotypes", "curves"),
    options=lambda plan: {"trained": plan.study(plan.section.operations).trained},
)
def operations(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Drawing:
    """Test accuracy of published cells and of variants with random operations, one panel per published cell."""
    table = join_study(genotypes, curves)
    data = over_seeds(table, ["test_accuracy"])
    names = data["family"].unique()
    figure, axes = canvas(1, len(names), 2.6 * len(names), 3, sharey=True, squeeze=False)
    for axis, family in zip(axes[0], names, strict=True):
        draw_curves(axis, data[data["family"] == family], "test_accuracy", shapes=False)
        axis.set_title(family)
        axis.set_xlabel("epoch")
        draw_legend(axis, "lower right")
    axes[0, 0].set_ylabel(SCORES["test_accuracy"])
    note = f"{_sentence(trained, table)} Variants: random operations, connections kept (paper: CIFAR-10, 600 epochs)."
    return Drawing(figure, data, note)


def _sentence(trained: Trained, table: pd.DataFrame) -> str:
    cells = len(table.drop_duplicates(["family", "name"]))
    return f"{counted(cells, 'cell')} {trained}: {seeds_drawn(table)}."
