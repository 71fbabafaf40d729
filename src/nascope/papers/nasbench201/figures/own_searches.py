"""Sample-based searches in our own table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.ranking import mean_scores
from nascope.drawing.style import Drawing, canvas
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.searched import described, sorted_runs
from nascope.papers.nasbench201.settings import OwnSearches
from nascope.schemas.results import OWN_SEARCHES, OWN_SPACE
from nascope.schemas.searches import Benchmark, Searches

if TYPE_CHECKING:
    from nascope.papers.nasbench201.settings import NasBench201
    from nascope.workflow.plan import Plan


def _searched(plan: Plan[NasBench201]) -> dict[str, Any]:
    own = plan.study(plan.section.own_space)
    return {"settings": plan.section.own_searches, "dataset": own.entry.dataset, "epochs": own.protocol.epochs}


@PAPER.figure(
    "The algorithms on our own table, BOHB with real fidelities",
    tables=lambda plan: {"benchmark": OWN_SPACE, "found": OWN_SEARCHES},
    options=_searched,
)
def own_searches(benchmark: Benchmark, found: Searches, *, settings: OwnSearches, dataset: str, epochs: int) -> Drawing:
    """The same algorithms on our own table, whose epochs are real fidelities for BOHB."""
    scores = mean_scores(benchmark)
    splits = list(scores.columns)
    figure, axes = canvas(1, len(splits) + 1, 3.3 * (len(splits) + 1), 3.2)
    data = found.join(scores.loc[found["index"]].reset_index(drop=True))
    for axis, split in zip(axes[:-1], splits, strict=True):
        sorted_runs(axis, data, split, scores[split].max())
    axes[0].set_ylabel("accuracy (%)")
    axes[0].legend(loc="lower right")
    _evaluations(axes[-1], data)
    note = (
        f"Our own table: {len(scores)} cells trained here on {dataset}, {benchmark['seed'].nunique()} seed(s). "
        f"{settings.runs} runs each; an evaluation answers with one run's validation accuracy and costs its epochs, "
        f"{epochs} but for BOHB's lower rungs; budget {settings.budget_epochs} epochs. Settings: "
        f"{described(settings.algorithms)}. Shown: mean over seeds of the cell found."
    )
    return Drawing(figure, data, note)


def _evaluations(axis: Axes, found: pd.DataFrame) -> None:
    """Mean number of evaluations of each algorithm."""
    means = found.groupby("algorithm", sort=False)["evaluations"].mean()
    axis.barh(list(means.index), means, color="#999999")
    axis.invert_yaxis()
    axis.set_xlabel("evaluations per run\n(of any number of epochs)")
