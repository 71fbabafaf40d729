"""What the removal of operations costs (Fig. 5 and 6)."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import ScalarFormatter

from nascope.analysis.ablation import removal_summary, trained_removal
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.evidence.sources import published_source
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Chosen, held_out
from nascope.papers.redundancy.look import stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import Ablation, Predictions, Replacements
from nascope.schemas.results import NASBENCH201_ABLATION, SURROGATE_PREDICTIONS
from nascope.schemas.trainings import Genotypes, Trainings
from nascope.spaces.removal import ORDERS

_COLOURS = {ORDERS[0]: "#D55E00", ORDERS[1]: "#0072B2"}
_SCORES = {"last_test": "after the last epoch", "best_test": "best of all epochs (as coded)"}
_MARKS = "Median with 30th and 70th percentile; star: one-sided Wilcoxon p < 0.01"
_DRAWN_AS = f"{_MARKS}; axis linear within ±1"


@PAPER.figure(
    "Removing operations by importance, on NAS-Bench-201",
    number="Fig. 5 and 6",
    tables=lambda plan: {"ablation": NASBENCH201_ABLATION},
    options=reads.looked_up,
)
def removal(ablation: Ablation, *, table: str, fraction: float) -> Drawing:
    """Accuracy after removing operations, most or least important first, looked up."""
    data = removal_summary(ablation)
    figure, axis = canvas(1, 1, 6, 3.6)
    _draw_removal(axis, data)
    note = (
        f"{published_source(table)}; {ablation['dataset'].iloc[0]} validation accuracy of all "
        f"{ablation['index'].nunique()} top cells ({100 * fraction:g}%), looked up, not trained again; cells without "
        f"as many operations are left out. {_DRAWN_AS} (paper: 40 cells of the DARTS space, trained)."
    )
    return Drawing(figure, data, note)


def _trained_options(plan: reads.RedundancyPlan) -> dict[str, Any]:
    return {
        "chosen": reads.chosen(plan),
        "trained": plan.study(plan.section.removal).trained,
        "score": plan.section.removal_score,
    }


@PAPER.figure(
    "Removing operations by importance, every remaining cell trained",
    number="Fig. 5 and 6",
    tables=lambda plan: {
        **plan.study(plan.section.removal).tables("genotypes", "trainings"),
        "predictions": SURROGATE_PREDICTIONS,
    },
    options=_trained_options,
)
def removal_trained(
    genotypes: Genotypes,
    trainings: Trainings,
    predictions: Predictions,
    *,
    chosen: Chosen,
    trained: Trained,
    score: Literal["last_test", "best_test"],
) -> Drawing:
    """Accuracy after removing operations, most or least important first, every remaining cell trained."""
    changes = trained_removal(genotypes, trainings, score)
    data = removal_summary(changes)
    figure, axis = canvas(1, 1, 6, 3.6)
    for order in ORDERS:
        part = changes[(changes["order"] == order) & (changes["step"] > 0)]
        axis.scatter(part["step"], -100 * part["change"], s=6, color=_COLOURS[order], alpha=0.35, linewidths=0)
    _draw_removal(axis, data)
    note = (
        f"{changes['index'].nunique()} genotypes drawn from the best {chosen.share}, operations removed by the "
        f"importances of a {chosen.fitted} with {held_out(predictions)}. Cells {trained}, "
        f"{genotypes['seeds'].map(len).max()} seed(s); test accuracy {_SCORES[score]}. Dots are cells. {_DRAWN_AS} "
        "(paper: 40 cells, CIFAR-10)."
    )
    return stamped(Drawing(figure, data, note), predictions, chosen.fitted)


@PAPER.figure(
    "Putting other operations in place of some by importance, as predicted",
    number="Fig. 5 and 6",
    tables=lambda plan: reads.REPLACEMENTS,
    options=lambda plan: {"chosen": reads.chosen(plan)},
)
def removal_predicted(replacements: Replacements, predictions: Predictions, *, chosen: Chosen) -> Drawing:
    """Predicted accuracy with random operations in place of the most or least important ones."""
    top = replacements[replacements["subset"] == "top"]
    data = removal_summary(top[top["order"].isin(ORDERS)])
    figure, axis = canvas(1, 1, 6, 3.6)
    _draw_removal(axis, data, log=False)
    axis.set_xlabel("operations replaced, of 16")
    note = (
        f"The best {top['genotype'].nunique()} of the best {chosen.share}; mean prediction with others, drawn at "
        f"random, in place of operations (a surrogate does not know removed ones), by a {chosen.fitted} with "
        f"{held_out(predictions)}. {_MARKS} (paper: up to 8 removed from 40 cells, trained)."
    )
    return stamped(Drawing(figure, data, note), predictions, chosen.fitted)


def _draw_removal(axis: Axes, summary: pd.DataFrame, *, log: bool = True) -> None:
    for order, shift in zip(ORDERS, (-0.06, 0.06), strict=True):
        steps, colour = summary[summary["order"] == order], _COLOURS[order]
        spread = [steps["median"] - steps["low"], steps["high"] - steps["median"]]
        axis.errorbar(
            steps["step"] + shift, steps["median"], yerr=spread, fmt="o-", color=colour, label=order, capsize=2
        )
        for row in steps[steps["p_value"] < 0.01].itertuples():
            axis.annotate("*", (row.step + shift, row.high), color=colour, ha="center", fontsize=11)
    axis.axhline(0, color="black", linewidth=0.5)
    if log:
        axis.set_yscale("symlog", linthresh=1.0)
        axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.set_xlabel("operations removed")
    axis.set_ylabel("change of accuracy\n(percentage points)")
    axis.legend()
