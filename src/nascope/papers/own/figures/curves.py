"""Learning curves of a user's own study."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.own.study import OWN
from nascope.papers.own.tables import facts, own_study, own_trained
from nascope.papers.understanding.figures.curve_panels import (
    SCORES,
    draw_curves,
    loss_scale,
    name_all_lines,
    over_seeds,
    seeds_drawn,
)
from nascope.schemas.trainings import Curves, Genotypes
from nascope.training.summary import join_study

#: Losses that differ by less than this factor are drawn on a linear scale.
_NEAR = 4


@OWN.figure(
    "Learning curves",
    tables=lambda plan: own_study(plan).tables("genotypes", "curves"),
    options=own_trained,
)
def curves(genotypes: Genotypes, curves: Curves, *, trained: Trained) -> Drawing:
    """Test loss and test accuracy by epoch, one line per cell."""
    table = join_study(genotypes, curves)
    data = over_seeds(table, list(SCORES))
    figure, axes = canvas(1, 2, 9.5, 3.6)
    for axis, (score, label) in zip(axes, SCORES.items(), strict=True):
        draw_curves(axis, data, score)
        axis.set_xlabel("epoch")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_ylabel(label)
    losses = data.loc[data["score"] == "test_loss", "mean"]
    if losses.max() > _NEAR * losses.min():
        loss_scale(axes[0])
    name_all_lines(axes[0])
    return Drawing(figure, data, f"{facts(genotypes, trained)} Lines: {seeds_drawn(table)}.")
