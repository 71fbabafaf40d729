"""Frequent subgraphs of the important parts of good cells (Fig. 7, Table 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from nascope.analysis.motifs import parse_motif
from nascope.analysis.ranking import prediction_quality
from nascope.figures.graphs import draw_motif
from nascope.figures.matrices import text_table
from nascope.figures.nasbench201.tables import published_source
from nascope.figures.redundancy.surrogate import source_of
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas

_DRAWN = 15
_LISTED = 35


def motifs(motifs: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 7 on NAS-Bench-201: the motifs with the largest ratio of support to incidence in random parts."""
    return _drawn(motifs, f"{_note(motifs, options)} {_table_source(options)}")


def motif_table(motifs: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 1 on NAS-Bench-201: frequent motifs with support, incidence in random parts and their ratio."""
    return _listed(motifs, f"{_note(motifs, options)} {_table_source(options)}")


def darts_motifs(motifs: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 7 in the DARTS space, by a surrogate's importances."""
    return _drawn(motifs, f"{_note(motifs, options)} {_surrogate_source(predictions, options)}")


def darts_motif_table(motifs: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 1 in the DARTS space."""
    return _listed(motifs, f"{_note(motifs, options)} {_surrogate_source(predictions, options)}")


def _drawn(motifs: pd.DataFrame, note: str) -> Drawing:
    best = motifs.head(_DRAWN)
    figure, axes = canvas(3, 5, 11, 6.2)
    for axis in axes.flat[len(best) :]:
        axis.set_axis_off()
    for axis, row in zip(axes.flat, best.itertuples(), strict=False):
        draw_motif(axis, parse_motif(row.motif))
        axis.set_title(f"support {row.support:.2f}, ratio {row.ratio:.1f}", fontsize=8)
    used = {op for text in best["motif"] for _, _, op in parse_motif(text)}
    handles = [Line2D([], [], color=PRIMITIVE_COLOURS[op], label=SHORT[op]) for op in PRIMITIVE_COLOURS if op in used]
    figure.legend(handles=handles, loc="outside right upper")
    return Drawing(figure, best, note)


def _listed(motifs: pd.DataFrame, note: str) -> Drawing:
    best = motifs.head(_LISTED)
    shown = pd.DataFrame(
        {
            "motif": [_short(text) for text in best["motif"]],
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


def _short(text: str) -> str:
    return "; ".join(f"{source} -{SHORT[op]}-> {target}" for source, target, op in parse_motif(text))


def _note(motifs: pd.DataFrame, options: dict[str, Any]) -> str:
    cells = motifs["cells"].iloc[0] if len(motifs) else 0
    return (
        f"{len(motifs)} connected subgraphs of the important edges (importance at least "
        f"{100 * options['threshold']:g} percentage points) of the {cells} best cells, in at least "
        f"{100 * options['support']:g}% (and {options['fewest']}) of them; all directed ones, not only rooted trees. "
        f"Incidence: in {options['draws']} random part(s) of each cell with as many edges; as coded: "
        "with fewer, induced only."
    )


def _table_source(options: dict[str, Any]) -> str:
    return f"{published_source(options['table'])}, {options['dataset']} validation (paper: DARTS space)."


def _surrogate_source(predictions: pd.DataFrame, options: dict[str, Any]) -> str:
    r2, tau = prediction_quality(predictions)
    return (
        f"Normal cells of the best {100 * options['fraction']:g}% of {options['population']} random genotypes, by the "
        f"{source_of(options)} with R² {r2:.2f} and Kendall's tau {tau:.2f} held out (paper: NAS-Bench-301)."
    )
