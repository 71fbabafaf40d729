"""Frequent subgraphs of the important parts of good cells (Fig. 7, Table 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from nascope.analysis.motifs import parse_motif
from nascope.figures.graphs import draw_motif
from nascope.figures.matrices import text_table
from nascope.figures.nasbench201.tables import published_source
from nascope.figures.style import PRIMITIVE_COLOURS, SHORT, Drawing, canvas

_DRAWN = 15
_LISTED = 35


def motifs(motifs: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 7: the motifs with the largest ratio of support to incidence in random parts."""
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
    return Drawing(figure, best, _note(motifs, options))


def motif_table(motifs: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Table 1: frequent motifs with support, incidence in random parts and their ratio, both ways of counting."""
    best = motifs.head(_LISTED)
    shown = pd.DataFrame(
        {
            "motif": [_short(text) for text in best["motif"]],
            "nodes": best["nodes"].astype(str),
            "rooted": np.where(best["rooted"], "yes", "no"),
            "support": best["support"].map("{:.3f}".format),
            "incidence": best["incidence"].map("{:.4f}".format),
            "ratio": best["ratio"].map("{:.2f}".format),
            "ratio, as coded": best["ratio_induced"].map("{:.2f}".format),
        }
    )
    figure, axis = canvas(1, 1, 11, 0.5 + 0.24 * (len(shown) + 1))
    text_table(axis, shown, widths=[0.5, 0.06, 0.07, 0.09, 0.1, 0.08, 0.13])
    return Drawing(figure, best, _note(motifs, options))


def _short(text: str) -> str:
    return "; ".join(f"{source} -{SHORT[op]}-> {target}" for source, target, op in parse_motif(text))


def _note(motifs: pd.DataFrame, options: dict[str, Any]) -> str:
    return (
        f"{published_source(options['table'])}; {len(motifs)} connected subgraphs of the important edges (importance "
        f"at least {100 * options['threshold']:g} percentage points) of the {motifs['cells'].iloc[0]} best cells "
        f"({options['dataset']} validation), in at least {100 * options['support']:g}% of them; all directed ones, not "
        f"only rooted trees. Incidence: in {options['draws']} random part(s) of each cell with as many edges; as "
        "coded: induced occurrences only (paper: DARTS space, NAS-Bench-301)."
    )
