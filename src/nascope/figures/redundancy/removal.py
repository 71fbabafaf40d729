"""What the removal of operations and other reduction cells cost (Fig. 5 and 6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import ScalarFormatter

from nascope.analysis.ablation import removal_summary, trained_removal
from nascope.analysis.pairs import mean_interval, paired_changes
from nascope.analysis.ranking import prediction_quality
from nascope.figures.nasbench201.tables import published_source
from nascope.figures.style import Drawing, canvas
from nascope.spaces.reductions import TREATMENTS
from nascope.spaces.removal import ORDERS

_COLOURS = {ORDERS[0]: "#D55E00", ORDERS[1]: "#0072B2"}
_SCORES = {"last_test": "after the last epoch", "best_test": "best of all epochs (as coded)"}
_REDUCTIONS = {
    "same": "normal cell\nfor both",
    "swapped": "cells\nswapped",
    "plain": "max pooling\nonly",
    "random": "random",
}
_DRAWN_AS = "Median with 30th and 70th percentile; star: one-sided Wilcoxon p < 0.01; axis linear within ±1"


def removal(ablation: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """Fig. 5 and 6 on NAS-Bench-201: accuracy after removing operations, most or least important first."""
    data = removal_summary(ablation)
    figure, axis = canvas(1, 1, 6, 3.6)
    _draw_removal(axis, data)
    note = (
        f"{published_source(options['table'])}; {ablation['dataset'].iloc[0]} validation accuracy of all "
        f"{ablation['index'].nunique()} top cells ({100 * options['fraction']:g}%), looked up, not trained again; "
        f"cells without as many operations are left out. {_DRAWN_AS} (paper: 40 cells of the DARTS space, trained)."
    )
    return Drawing(figure, data, note)


def removal_trained(
    genotypes: pd.DataFrame, trainings: pd.DataFrame, predictions: pd.DataFrame, options: dict[str, Any]
) -> Drawing:
    """Fig. 5 and 6: the same in the DARTS space, every remaining cell trained."""
    changes = trained_removal(genotypes, trainings, options["score"])
    data = removal_summary(changes)
    figure, axis = canvas(1, 1, 6, 3.6)
    for order in ORDERS:
        part = changes[(changes["order"] == order) & (changes["step"] > 0)]
        axis.scatter(part["step"], -100 * part["change"], s=6, color=_COLOURS[order], alpha=0.35, linewidths=0)
    _draw_removal(axis, data)
    r2, tau = prediction_quality(predictions)
    note = (
        f"{changes['index'].nunique()} genotypes drawn from the surrogate's best {100 * options['fraction']:g}% of "
        f"{options['population']}; importances are the surrogate's (R² {r2:.2f}, Kendall's tau {tau:.2f} held out). "
        f"Trained here on {options['dataset']} with protocol {options['protocol']}, "
        f"{genotypes['seeds'].map(len).max()} seed(s); test accuracy {_SCORES[options['score']]}. "
        f"Dots are cells. {_DRAWN_AS} (paper: 40 cells, CIFAR-10)."
    )
    return Drawing(figure, data, note)


def _draw_removal(axis: Axes, summary: pd.DataFrame) -> None:
    for order, shift in zip(ORDERS, (-0.06, 0.06), strict=True):
        steps, colour = summary[summary["order"] == order], _COLOURS[order]
        spread = [steps["median"] - steps["low"], steps["high"] - steps["median"]]
        axis.errorbar(
            steps["step"] + shift, steps["median"], yerr=spread, fmt="o-", color=colour, label=order, capsize=2
        )
        for row in steps[steps["p_value"] < 0.01].itertuples():
            axis.annotate("*", (row.step + shift, row.high), color=colour, ha="center", fontsize=11)
    axis.axhline(0, color="black", linewidth=0.5)
    axis.set_yscale("symlog", linthresh=1.0)
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.set_xlabel("operations removed")
    axis.set_ylabel("change of accuracy\n(percentage points)")
    axis.legend()


def reduction_cells(genotypes: pd.DataFrame, trainings: pd.DataFrame, options: dict[str, Any]) -> Drawing:
    """What another reduction cell changes, pair by pair."""
    data = paired_changes(genotypes, trainings)
    treatments = [name for name in TREATMENTS if name in set(data["group"])]
    figure, axis = canvas(1, 1, 6.2, 3.4)
    for place, treatment in enumerate(treatments):
        changes = data.loc[data["group"] == treatment, "change"].to_numpy()
        spread = np.linspace(-0.15, 0.15, len(changes)) if len(changes) > 1 else np.zeros(1)
        axis.scatter(place + spread, changes, s=14, color="#0072B2", alpha=0.7, linewidths=0)
        low, high = mean_interval(changes)
        if np.isfinite(low):
            axis.errorbar(place + 0.28, changes.mean(), yerr=[[changes.mean() - low], [high - changes.mean()]],
                          fmt="s", color="#D55E00", capsize=3, markersize=4)  # fmt: skip
    axis.axhline(0, color="black", linewidth=0.6)
    axis.set_xticks(range(len(treatments)), [_REDUCTIONS[treatment] for treatment in treatments])
    axis.set_ylabel("change of test error\n(percentage points)")
    note = (
        f"Genotypes with another reduction cell against the published one, {data['family'].nunique()} published cells "
        f"({', '.join(data['family'].unique())}), trained here on {options['dataset']} with protocol "
        f"{options['protocol']}, {genotypes['seeds'].map(len).max()} seed(s) each, paired by seed. Dots are cells, "
        "squares means with Student's 95% interval over cells."
    )
    return Drawing(figure, data, note)
