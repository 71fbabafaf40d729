"""What happens along searches in spaces of two-input cells: collapse and architecture parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.artist import Artist

from nascope.analysis.cell_searches import mean_strengths, with_skips
from nascope.drawing.style import Drawing, canvas, colours_of, primitive_colour, short
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.results import FOUND_ALPHAS, FOUND_CELLS
from nascope.schemas.searches import CellSearches, SearchAlphas
from nascope.training.protocol import Protocol

if TYPE_CHECKING:
    from nascope.papers.stacnas.settings import StacNas
    from nascope.workflow.plan import Plan


def _searched(plan: Plan[StacNas]) -> dict[str, Any]:
    searches = plan.section.searches
    return {"dataset": searches.dataset, "weights": searches.weights}


@PAPER.figure(
    "Collapse: skip connections in the cell that each search would return",
    tables=lambda plan: {"cell_searches": FOUND_CELLS},
    options=_searched,
)
def skip_counts(cell_searches: CellSearches, *, dataset: str, weights: Protocol) -> Drawing:
    """Skip connections in the normal cell that each search would return, by epoch."""
    table = with_skips(cell_searches)
    # The second stage goes on where the first one ended.
    length = table.groupby(["space", "algorithm", "stage"])["epoch"].transform("max")
    table = table.assign(time=(table["stage"] - 1) + table["epoch"] / length.clip(lower=1))
    data = table.groupby(["space", "algorithm", "time"], sort=False)["skips"].agg(["mean", "min", "max"]).reset_index()
    spaces, algorithms = list(data["space"].unique()), list(data["algorithm"].unique())
    figure, axes = canvas(1, len(spaces), 3.2 * len(spaces), 3.2, sharey=True, squeeze=False)
    for axis, space in zip(axes[0], spaces, strict=True):
        for algorithm, colour in colours_of(algorithms).items():
            part = data[(data["space"] == space) & (data["algorithm"] == algorithm)]
            axis.plot(part["time"], part["mean"], "o-", color=colour, markersize=3, linewidth=1.2, label=algorithm)
            axis.fill_between(part["time"], part["min"], part["max"], color=colour, alpha=0.12, linewidth=0)
        axis.set_title(space)
        axis.set_xlabel("stage (1: end of the first)")
    axes[0, 0].set_ylabel("skip connections in the\nnormal cell (of 8)")
    axes[0, -1].legend(fontsize=6.5)
    note = f"{_note(cell_searches, dataset, weights)} Lines: means over seeds, bands from least to most."
    return Drawing(figure, data, note)


@PAPER.figure(
    "Architecture parameters along the searches",
    tables=lambda plan: {"search_alphas": FOUND_ALPHAS},
    options=_searched,
)
def strengths(search_alphas: SearchAlphas, *, dataset: str, weights: Protocol) -> Drawing:
    """Softmax of the architecture parameters along the search, a mean over the edges of normal cells."""
    table = mean_strengths(search_alphas[search_alphas["cell_type"] == "normal"])
    data = (
        table.groupby(["space", "algorithm", "stage", "epoch", "operator"], sort=False)["strength"].mean().reset_index()
    )
    spaces, algorithms = list(data["space"].unique()), list(data["algorithm"].unique())
    figure, axes = canvas(
        len(spaces), len(algorithms), 2.6 * len(algorithms), 2.3 * len(spaces), sharex="col", squeeze=False
    )
    for row, space in zip(axes, spaces, strict=True):
        for axis, algorithm in zip(row, algorithms, strict=True):
            part = data[(data["space"] == space) & (data["algorithm"] == algorithm)]
            length = part.groupby("stage")["epoch"].max()
            for (stage, operator), line in part.groupby(["stage", "operator"], sort=False):
                offset = length.loc[: stage - 1].sum() if stage > 1 else 0
                colour = primitive_colour(operator)
                axis.plot(line["epoch"] + offset, line["strength"], color=colour, linewidth=1.3, label=short(operator))
            axis.set_title(f"{algorithm}, {space}", fontsize=8)
    for axis in axes[-1]:
        axis.set_xlabel("epoch (stages one after the other)", fontsize=7)
    axes[0, 0].set_ylabel("mean softmax weight")
    handles: dict[str, Artist] = {}
    for axis in axes.flat:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(list(handles.values()), list(handles), loc="outside right upper", fontsize=7)
    return Drawing(
        figure, data, f"{_note(search_alphas, dataset, weights)} Means over seeds and edges that have the operator."
    )


def _note(table: pd.DataFrame, dataset: str, weights: Protocol) -> str:
    return (
        f"Supernets of {weights.cells} cells and {weights.channels} channels, searched here on {dataset}, "
        f"{weights.epochs} epochs per stage, {table['seed'].nunique()} seed(s)."
    )
