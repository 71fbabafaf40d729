"""How the basin, the variance of gradients and the sharpness go with a cell's width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nascope.analysis.flatness import RISE, basins, mean_variances
from nascope.analysis.geometry import BatchNorm
from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.understanding.figures.scatter import scatter_with_correlation
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.surroundings import in_batches, measure_option, measured
from nascope.schemas.geometry import Gradients, Landscape, Sharpness
from nascope.schemas.results import WEIGHT_GRADIENTS, WEIGHT_LANDSCAPES, WEIGHT_SHARPNESS
from nascope.schemas.trainings import Genotypes
from nascope.words import counted

if TYPE_CHECKING:
    from nascope.papers.understanding.settings import Understanding
    from nascope.schemas.results import Result
    from nascope.workflow.plan import Plan

_MODES = {"running": "running BatchNorm", "batch": "batch BatchNorm"}


def _tables(plan: Plan[Understanding]) -> dict[str, Result]:
    return {
        "genotypes": plan.study(plan.section.convergence).genotypes,
        "landscape": WEIGHT_LANDSCAPES,
        "gradients": WEIGHT_GRADIENTS,
        "sharpness": WEIGHT_SHARPNESS,
    }


@PAPER.figure(
    "Basin, gradient variance and sharpness against width",
    tables=_tables,
    options=lambda plan: {
        "trained": plan.study(plan.section.convergence).trained,
        "batch_norm": measure_option(plan, "landscape", plan.section.convergence, "batch_norm")[0],
    },
)
def geometry(
    genotypes: Genotypes,
    landscape: Landscape,
    gradients: Gradients,
    sharpness: Sharpness,
    *,
    trained: Trained,
    batch_norm: BatchNorm,
) -> Drawing:
    """Basin, gradient variance and sharpness of each network against its cell's width.

    Args:
        genotypes: the study.
        landscape: for the basin.
        gradients: in all modes of BatchNorm, with all sizes of mini-batches.
        sharpness: in its first mode of BatchNorm.
        trained: set-up of the study.
        batch_norm: mode of BatchNorm of the basin.
    """
    sharpness = sharpness[sharpness["batch_norm"] == sharpness["batch_norm"].iloc[0]]
    columns = {
        f"share of the plane within {RISE:g} nat": (basins(landscape[landscape["batch_norm"] == batch_norm]), "basin"),
        **{
            f"gradient variance (nats²),\n{in_batches(size)}, {_MODES[mode]}": (part, "variance")
            for (mode, size), part in mean_variances(gradients).groupby(["batch_norm", "batch_size"])
        },
        "largest Hessian eigenvalue": (sharpness, "top_eigenvalue"),
        "smallest Hessian eigenvalue": (sharpness, "bottom_eigenvalue"),
        "trace of the Hessian": (sharpness, "trace"),
    }
    figure, axes = canvas(1, len(columns), 2.4 * len(columns), 3, squeeze=False)
    tables = []
    for axis, (label, (table, value)) in zip(axes[0], columns.items(), strict=True):
        values = table[["study", "key", "seed", value]].rename(columns={value: "value"})
        data = measured(genotypes, values)
        scatter_with_correlation(axis, data, "value", "width")
        axis.title.set_fontsize(7.5)
        axis.set_ylabel(label, fontsize=7)
        axis.set_xlabel("width of the normal cell (c)", fontsize=7)
        if value == "variance":
            axis.set_yscale("log")
        tables.append(data.assign(measure=label))
    data = pd.concat(tables, ignore_index=True)
    note = (
        f"{counted(data['panel'].nunique(), 'cell')} {trained}, {counted(data['seed'].nunique(), 'seed')}. "
        "Basin and variance (its "
        "geometric mean) on the plane of two filter-normalised directions; eigenvalues by Lanczos, trace by "
        "Hutchinson, at the trained weights. Eigenvalues are the largest and the smallest in value; the largest in "
        f"magnitude is {_larger_end(sharpness)}. Intervals: bootstrap over cells and seeds, 95%."
    )
    return Drawing(figure, data, note)


def _larger_end(sharpness: pd.DataFrame) -> str:
    """Which end of the spectrum is the larger one in magnitude, counted over networks."""
    known = sharpness.dropna(subset=["largest_magnitude"])
    negative = int((known["largest_magnitude"] < 0).sum())
    return f"negative for {negative} of {counted(len(known), 'network')}"
