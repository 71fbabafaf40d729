"""How fast cells converge, against their width and depth."""

from __future__ import annotations

from nascope.analysis.convergence import convergence_measures as measures_of
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.understanding.figures.scatter import scatter_with_correlation
from nascope.papers.understanding.paper import PAPER
from nascope.schemas.trainings import Curves, Genotypes
from nascope.training.summary import join_study
from nascope.words import counted


@PAPER.figure(
    "Speed of convergence against width and depth",
    tables=lambda plan: plan.study(plan.section.convergence).tables("genotypes", "curves"),
    options=lambda plan: {
        "trained": plan.study(plan.section.convergence).trained,
        "level": plan.section.level,
    },
)
def convergence_measures(genotypes: Genotypes, curves: Curves, *, trained: Trained, level: float) -> Drawing:
    """Mean test loss over epochs, and epochs to a test loss of ``level`` nats, against width and depth."""
    table = join_study(genotypes, curves)
    data = measures_of(table, level)
    labels = {
        "area": "mean test loss over epochs (nats)",
        "epochs_to_level": f"epochs to a test loss of {level:g} nats",
    }
    figure, axes = canvas(2, 2, 8.5, 6, sharex="col", sharey="row")
    for line, (measure, label) in zip(axes, labels.items(), strict=True):
        for axis, against in zip(line, ("width", "depth"), strict=True):
            scatter_with_correlation(axis, data, measure, against)
        line[0].set_ylabel(label)
    axes[1, 0].set_xlabel("width of the normal cell (c)")
    axes[1, 1].set_xlabel("depth of the normal cell")
    axes[0, 1].legend()
    never = int((data["epochs_to_level"] > table["epoch"].max()).sum())
    late = f"; {never} of {counted(len(data), 'training')} never reach the level and count as one epoch more than all"
    note = (
        f"{counted(data['name'].nunique(), 'cell')} (published and connection variants, stratified by width) "
        f"{trained}, {counted(data['seed'].nunique(), 'seed')}{late if never else ''}. "
        "95% intervals: bootstrap over cells and seeds."
    )
    return Drawing(figure, data, note)
