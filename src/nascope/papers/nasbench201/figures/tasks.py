"""Agreement of scores and of the importance of edges, on three data sets and on seven tasks."""

from __future__ import annotations

import pandas as pd

from nascope.analysis.ranking import mean_scores
from nascope.analysis.whole_tables import by_genotype, importances, task_table
from nascope.drawing.matrices import heat_map
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.sources import published_source
from nascope.papers.nasbench201.labels import score_title
from nascope.papers.nasbench201.paper import PAPER
from nascope.papers.nasbench201.reads import table_name
from nascope.schemas.evidence import Tasks
from nascope.schemas.results import NASBENCH201, TASK_SCORES
from nascope.schemas.searches import Benchmark


@PAPER.figure(
    "Agreement of ranks and of the importance of edges across data sets and tasks",
    tables=lambda plan: {"benchmark": NASBENCH201, "tasks": TASK_SCORES},
    options=table_name,
)
def importance_across_tasks(benchmark: Benchmark, tasks: Tasks, *, table: str) -> Drawing:
    """Spearman's rho of importances, that of scores in brackets, for two spaces."""
    cells = by_genotype(mean_scores(benchmark, ("valid",)), benchmark).rename(columns=score_title)
    others = task_table(tasks).rename(columns=lambda name: name.replace("_", " "))
    spaces = {"NAS-Bench-201": cells, "TransNAS-Bench-101": others}
    widths = [1.4 + 0.62 * len(scores.columns) for scores in spaces.values()]
    figure, axes = canvas(1, 2, sum(widths) + 1.2, max(widths), width_ratios=widths)
    parts = []
    for axis, (space, scores) in zip(axes, spaces.items(), strict=True):
        matter, alike = (values.corr(method="spearman") for values in (importances(scores), scores))
        heat_map(axis, matter.to_numpy(), [name.replace(" ", "\n") for name in scores], alike.to_numpy())
        axis.set_title(f"{space}\n({len(scores):,} cells)")
        parts.append(_pairs(matter, alike).assign(space=space, cells=len(scores)))
    note = (
        f"Left: {published_source(table)}, validation accuracy. Right: validation scores of {len(others):,} cells on "
        f"{len(others.columns)} tasks (TransNAS-Bench-101 unless evidence.tasks names another table), one run each. "
        "Spearman's rho of the importance of all edges of all cells (mean score of the neighbours on an edge against "
        "the cell's own), in brackets that of the scores."
    )
    return Drawing(figure, pd.concat(parts, ignore_index=True), note)


def _pairs(matter: pd.DataFrame, alike: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of scores."""
    rows = [
        (first, second, matter.loc[first, second], alike.loc[first, second])
        for first in matter.index
        for second in matter.columns
    ]
    return pd.DataFrame(rows, columns=["first", "second", "importance_rho", "score_rho"])
