"""Confusion of mini-batch gradients by depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nascope.analysis.confusion_depth import matched_depth
from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.operators import Confusion
from nascope.schemas.results import GRADIENT_CONFUSION

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.workflow.plan import Plan


def _final(plan: Plan[StacNas]) -> dict[str, str]:
    options = plan.section.confusion
    return {"dataset": options.dataset, "protocol": options.protocol}


@PAPER.figure(
    "Gradient confusion of search networks by depth, and of the final network",
    tables=lambda plan: {"confusion": GRADIENT_CONFUSION},
    options=lambda plan: {
        "trained": _final(plan),
        "space": plan.section.confusion.space,
        "epochs": plan.section.confusion.weights.epochs,
    },
)
def confusion(confusion: Confusion, *, trained: Trained, space: str, epochs: int) -> Drawing:
    """Confusion of search networks by depth, beside the final network's."""
    figure, axes = canvas(1, 2, 8.5, 3.2)
    final = confusion[confusion["network"] == "final"]
    panels = {"mean_cosine": "mean cosine of two gradients", "lowest_cosine": "smallest cosine"}
    for axis, (column, label) in zip(axes, panels.items(), strict=True):
        for stage, colour in {"stage 1": "#0072B2", "stage 2": "#E69F00"}.items():
            part = confusion[confusion["network"] == stage].groupby("cells")[column].agg(["mean", "min", "max"])
            spread = [part["mean"] - part["min"], part["max"] - part["mean"]]
            axis.errorbar(part.index, part["mean"], yerr=spread, fmt="o-", color=colour, capsize=2, label=stage)
        axis.axhline(
            final[column].mean(), color="#D55E00", linestyle="--", label=f"final, {final['cells'].iloc[0]} cells"
        )
        axis.set_xlabel("cells of the search network")
        axis.set_xticks(sorted(set(confusion["cells"])))
        axis.set_ylabel(label)
    axes[0].legend(fontsize=7)
    nearest = matched_depth(confusion)
    chosen = "; ".join(f"{row.network}: {row.cells} cells" for row in nearest[nearest["chosen"]].itertuples())
    axes[0].set_title(f"nearest to the final network: {chosen}", fontsize=8)
    row = confusion.iloc[0]
    note = (
        f"{row['batches']} mini-batches of {row['batch_size']} training images, all pairs, at the end of training on "
        f"{trained.dataset}; space {space}, one-level search with {epochs} epoch(s); final network trained for as "
        f"long, protocol {trained.protocol}; {confusion['seed'].nunique()} seed(s) "
        "(paper: 14 and 20 cells match 20)."
    )
    return Drawing(figure, confusion, note)


@PAPER.figure(
    "Depths of the search networks that match the final network",
    tables=lambda plan: {"confusion": GRADIENT_CONFUSION},
    options=lambda plan: {"trained": _final(plan)},
)
def depths(confusion: Confusion, *, trained: Trained) -> Drawing:
    """Which depth of each stage matches the final network, as a table."""
    data = matched_depth(confusion)
    final = confusion.loc[confusion["network"] == "final", "mean_cosine"].mean()
    shown = pd.DataFrame(
        {
            "network": data["network"],
            "cells": data["cells"].astype(str),
            "mean cosine": data["mean_cosine"].map("{:.4f}".format),
            "from the final network's": data["distance"].map("{:.4f}".format),
            "chosen": np.where(data["chosen"], "yes", ""),
        }
    )
    figure, axis = canvas(1, 1, 6.5, 0.6 + 0.27 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.2, 0.12, 0.22, 0.32, 0.14])
    note = (
        f"Mean cosine of the gradients of {confusion['batches'].iloc[0]} mini-batches, means over "
        f"{confusion['seed'].nunique()} seed(s); the final network ({trained.protocol} on {trained.dataset}) has "
        f"{final:.4f}. Chosen: the nearest depth of each stage."
    )
    return Drawing(figure, data, note)
