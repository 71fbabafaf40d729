"""Frequent subgraphs of the important parts of good cells (Fig. 7, Table 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from nascope.analysis.subgraphs import parse_motif
from nascope.drawing.graphs import draw_motif
from nascope.drawing.matrices import text_table
from nascope.drawing.style import Drawing, canvas, primitive_colour, short
from nascope.evidence.sources import published_source
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Chosen, held_out
from nascope.papers.redundancy.look import stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.papers.redundancy.settings import Mining
from nascope.schemas.importance import Motifs, Predictions
from nascope.schemas.results import DARTS_MOTIFS, NASBENCH201_MOTIFS, SURROGATE_PREDICTIONS

_ROWS, _COLUMNS = 3, 5
_LISTED = 35
# Incidence as the published code counts it.
_CODED = "induced occurrences only"
_CODED_SPLIT = "with fewer edges, induced occurrences only"
_DARTS_TABLES = {"motifs": DARTS_MOTIFS, "predictions": SURROGATE_PREDICTIONS}


def _nasbench201(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {**reads.published_table(plan), "dataset": plan.section.importance.dataset, **_mining(plan)}


def _darts(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {"chosen": reads.chosen(plan), **_mining(plan)}


def _mining(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {"threshold": plan.section.importance.threshold, "mining": plan.section.motifs}


@PAPER.figure(
    "Frequent subgraphs of important parts, on NAS-Bench-201",
    number="Fig. 7",
    tables=lambda plan: {"motifs": NASBENCH201_MOTIFS},
    options=_nasbench201,
)
def motifs(motifs: Motifs, *, table: str, dataset: str, threshold: float, mining: Mining) -> Drawing:
    """The motifs with the largest ratio of support to incidence in random parts."""
    return _drawn(motifs, f"{_note(motifs, threshold, mining, _CODED)} {_from_table(table, dataset)}")


@PAPER.figure(
    "Frequent subgraphs on NAS-Bench-201, their support and incidence",
    number="Table 1",
    tables=lambda plan: {"motifs": NASBENCH201_MOTIFS},
    options=_nasbench201,
)
def motif_table(motifs: Motifs, *, table: str, dataset: str, threshold: float, mining: Mining) -> Drawing:
    """Frequent motifs with support, incidence in random parts and their ratio."""
    return _listed(motifs, f"{_note(motifs, threshold, mining, _CODED)} {_from_table(table, dataset)}")


@PAPER.figure(
    "Frequent subgraphs of important parts, in the DARTS space",
    number="Fig. 7",
    tables=lambda plan: _DARTS_TABLES,
    options=_darts,
)
def darts_motifs(
    motifs: Motifs, predictions: Predictions, *, chosen: Chosen, threshold: float, mining: Mining
) -> Drawing:
    """The motifs with the largest ratio of support to incidence, by a surrogate's importances."""
    note = f"{_note(motifs, threshold, mining, _CODED_SPLIT)} {_from_surrogate(predictions, chosen)}"
    return stamped(_drawn(motifs, note), predictions, chosen.fitted)


@PAPER.figure(
    "Frequent subgraphs in the DARTS space, their support and incidence",
    number="Table 1",
    tables=lambda plan: _DARTS_TABLES,
    options=_darts,
)
def darts_motif_table(
    motifs: Motifs, predictions: Predictions, *, chosen: Chosen, threshold: float, mining: Mining
) -> Drawing:
    """Frequent motifs with support, incidence in random parts and their ratio, by a surrogate's importances."""
    note = f"{_note(motifs, threshold, mining, _CODED_SPLIT)} {_from_surrogate(predictions, chosen)}"
    return stamped(_listed(motifs, note), predictions, chosen.fitted)


def _drawn(motifs: pd.DataFrame, note: str) -> Drawing:
    best = motifs.head(_ROWS * _COLUMNS)
    figure, axes = canvas(_ROWS, _COLUMNS, 11, 6.2)
    for axis in axes.flat[len(best) :]:
        axis.set_axis_off()
    for axis, row in zip(axes.flat[: len(best)], best.itertuples(), strict=True):
        draw_motif(axis, parse_motif(row.motif))
        axis.set_title(f"support {row.support:.2f}, ratio {row.ratio:.1f}", fontsize=8)
    used = {op for text in best["motif"] for _, _, op in parse_motif(text)}
    handles = [Line2D([], [], color=primitive_colour(op), label=short(op)) for op in sorted(used)]
    figure.legend(handles=handles, loc="outside right upper")
    return Drawing(figure, best, note)


def _listed(motifs: pd.DataFrame, note: str) -> Drawing:
    best = motifs.head(_LISTED)
    shown = pd.DataFrame(
        {
            "motif": [_in_short(text) for text in best["motif"]],
            "nodes": best["nodes"].astype(str),
            "rooted": np.where(best["rooted"], "yes", "no"),
            "support": best["support"].map("{:.3f}".format),
            "incidence": best["incidence"].map("{:.4f}".format),
            "ratio": best["ratio"].map("{:.2f}".format),
            "ratio, as coded": best["ratio_as_coded"].map("{:.2f}".format),
        }
    )
    figure, axis = canvas(1, 1, 11, 0.5 + 0.24 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.5, 0.06, 0.07, 0.09, 0.1, 0.08, 0.13])
    return Drawing(figure, best, note)


def _in_short(text: str) -> str:
    return "; ".join(f"{source} -{short(op)}-> {target}" for source, target, op in parse_motif(text))


def _note(motifs: pd.DataFrame, threshold: float, mining: Mining, as_coded: str) -> str:
    cells = motifs["cells"].iloc[0] if len(motifs) else 0
    return (
        f"{len(motifs)} connected subgraphs of the important edges (importance at least {100 * threshold:g} percentage "
        f"points) of the {cells} best cells, in at least {100 * mining.support:g}% (and {mining.fewest}) of them; all "
        f"directed ones, not only rooted trees. Incidence: in {mining.draws} random part(s) of each cell with as many "
        f"edges; as coded: {as_coded}."
    )


def _from_table(table: str, dataset: str) -> str:
    return f"{published_source(table)}, {dataset} validation (paper: DARTS space)."


def _from_surrogate(predictions: pd.DataFrame, chosen: Chosen) -> str:
    return (
        f"Normal cells of the best {chosen.share}, by a {chosen.fitted} with {held_out(predictions)} (paper: "
        "NAS-Bench-301)."
    )
