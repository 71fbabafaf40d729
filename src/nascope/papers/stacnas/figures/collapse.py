"""Skip connections over search epochs with regularisation, in published searches and in ours, and the Hessian."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nascope.analysis.cell_searches import with_skips
from nascope.analysis.collapse import regularised, skips_of
from nascope.drawing.style import Drawing, canvas, colours_of
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.evidence import Hessians, Supernets
from nascope.schemas.results import FOUND_CELLS, PUBLISHED_HESSIANS, PUBLISHED_SUPERNETS
from nascope.schemas.searches import CellSearches

_HOW = {
    "no regularisation": (0.0, 0.0003),
    "drop-path 0.2": (0.2, 0.0003),
    "weight decay 0.0009": (0.0, 0.0009),
    "weight decay 0.0081": (0.0, 0.0081),
}
_SKIPS, _EIGENVALUE = "skip connections (of 8)", "largest eigenvalue"


@PAPER.figure(
    "Collapse over search epochs with regularisation: skip connections, and the Hessian in architecture parameters",
    tables=lambda plan: {
        "supernets": PUBLISHED_SUPERNETS,
        "hessians": PUBLISHED_HESSIANS,
        "cell_searches": FOUND_CELLS,
    },
    options=lambda plan: {"dataset": plan.section.searches.dataset, "epochs": plan.section.searches.weights.epochs},
)
def collapse(
    supernets: Supernets, hessians: Hessians, cell_searches: CellSearches, *, dataset: str, epochs: int
) -> Drawing:
    """A panel per published space and measure, and one of our own DARTS searches; means, from least to most."""
    skips = supernets.assign(value=skips_of(supernets["genotype"]))
    sharp = hessians.assign(value=hessians["largest"])
    panels = {
        **{f"{space}, {part['dataset'].iloc[0]}": (part, _SKIPS) for space, part in skips.groupby("space")},
        "searched here": (None, _SKIPS),
        **{f"Hessian, {space}": (part, _EIGENVALUE) for space, part in sharp.groupby("space")},
    }
    figure, axes = canvas(1, len(panels), 2.7 * len(panels), 3.0, squeeze=False)
    parts = []
    for axis, (title, (part, label)) in zip(axes[0], panels.items(), strict=True):
        lines = _ours(cell_searches) if part is None else _published(part)
        _draw(axis, lines, title, label)
        if part is None:
            axis.legend(fontsize=6)
        parts.append(lines.assign(panel=title, measure=label))
    figure.legend(
        *axes[0, -1].get_legend_handles_labels(), loc="outside upper left", ncols=4, title="published searches"
    )
    for axis in axes[0][: sum(label == _SKIPS for _, label in panels.values())]:
        axis.set_ylim(-0.3, 8.3)
    runs = supernets.groupby(["space", "job", "drop_path", "weight_decay", "seed"]).ngroups
    note = (
        f"RobustDARTS' searches ({runs} in all, about 390 steps per epoch), "
        f"{supernets['seed'].nunique()} seeds per line; searched here: first-order DARTS and StacNAS' last stage on "
        f"{dataset}, {epochs} epochs per stage, {cell_searches['seed'].nunique()} seed(s). Lines: means over seeds, "
        "bands from least to most. Published epochs count from the first, 0; ours start before it. Eigenvalues of the "
        "validation loss's Hessian."
    )
    return Drawing(figure, pd.concat(parts, ignore_index=True), note)


def _published(part: pd.DataFrame) -> pd.DataFrame:
    """A line per regularisation that was searched with."""
    lines = [regularised(part, *how).assign(line=name) for name, how in _HOW.items()]
    return _spread(pd.concat(lines))


def _ours(searches: pd.DataFrame) -> pd.DataFrame:
    table = with_skips(searches)
    last = table[table["stage"] == table.groupby("algorithm")["stage"].transform("max")]
    shown = last[last["algorithm"].isin(["DARTS-V1", "StacNAS"])]
    return _spread(shown.assign(line=shown["algorithm"] + ", " + shown["space"], value=shown["skips"]))


def _spread(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby(["line", "epoch"], sort=False)["value"].agg(["mean", "min", "max"]).reset_index()


def _draw(axis: Axes, lines: pd.DataFrame, title: str, label: str) -> None:
    for name, colour in colours_of(list(lines["line"].unique())).items():
        line = lines[lines["line"] == name].sort_values("epoch")
        axis.plot(line["epoch"], line["mean"], color=colour, linewidth=1.3, label=name)
        axis.fill_between(line["epoch"], line["min"], line["max"], color=colour, alpha=0.12, linewidth=0)
    axis.set_title(title)
    axis.set_xlabel("epoch")
    axis.set_ylabel(label)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
