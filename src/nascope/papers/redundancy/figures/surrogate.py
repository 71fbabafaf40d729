"""How far a surrogate of the DARTS space can be trusted (Fig. 2)."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from nascope.analysis.importance import studied_importance
from nascope.analysis.ranking import prediction_quality
from nascope.drawing.style import Drawing, canvas, primitive_colour, short
from nascope.evidence.scope import Trained
from nascope.papers.redundancy import reads
from nascope.papers.redundancy.fitted import Fitted, held_out
from nascope.papers.redundancy.look import stamped
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.importance import GenotypeImportance, Predictions
from nascope.schemas.results import PUBLISHED_IMPORTANCE, SURROGATE_PREDICTIONS, Result
from nascope.schemas.trainings import Genotypes, Trainings

_KEYS = ["genotype", "cell_type", "edge"]


@PAPER.figure(
    "How far the surrogate of the DARTS space can be trusted",
    number="Fig. 2",
    tables=lambda plan: {"predictions": SURROGATE_PREDICTIONS},
    options=lambda plan: {"fitted": reads.fitted(plan)},
)
def surrogate(predictions: Predictions, *, fitted: Fitted) -> Drawing:
    """Predicted against trained error of architectures that were held out."""
    r2, tau = prediction_quality(predictions)
    observed, predicted = 100 * predictions["observed"], 100 * predictions["predicted"]
    figure, axis = canvas(1, 1, 4.6, 4.2)
    axis.scatter(observed, predicted, s=10, color="#0072B2", alpha=0.5, linewidths=0)
    limits = [observed.min(), observed.max()]
    axis.plot(limits, limits, color="#555555", linewidth=0.8)
    axis.set_xlabel("error that is learnt (%)")
    axis.set_ylabel("error predicted without it (%)")
    axis.set_title(f"R² {r2:.2f}, Kendall's tau {tau:.2f}")
    note = (
        f"{len(predictions)} architectures, {predictions['fold'].nunique()}-fold cross-validation that holds out "
        f"architectures with the same normal cell together; {fitted}."
    )
    return stamped(Drawing(figure, predictions, note), predictions, fitted)


def _neighbourhood_tables(plan: reads.RedundancyPlan) -> dict[str, Result | list[Result]]:
    studied = plan.tables(plan.section.neighbourhoods, "genotypes", "trainings")
    return {**studied, "genotype_importance": PUBLISHED_IMPORTANCE, "predictions": SURROGATE_PREDICTIONS}


def _neighbourhood_options(plan: reads.RedundancyPlan) -> dict[str, Any]:
    first, *_ = plan.alike(plan.section.neighbourhoods)
    return {"fitted": reads.fitted(plan), "trained": first.trained, "epochs": first.protocol.epochs}


@PAPER.figure(
    "Importance by training all neighbours, against the surrogate's",
    tables=_neighbourhood_tables,
    options=_neighbourhood_options,
    # It costs one training per neighbour, so it is drawn where a study asks for it.
    where=lambda plan: bool(plan.section.neighbourhoods),
)
def trained_importance(
    genotypes: list[Genotypes],
    trainings: list[Trainings],
    genotype_importance: GenotypeImportance,
    predictions: Predictions,
    *,
    fitted: Fitted,
    trained: Trained,
    epochs: int,
) -> Drawing:
    """Importance by real training of all neighbours, beside what the surrogate says of the same operations."""
    pairs = zip(genotypes, trainings, strict=True)
    real = pd.concat([studied_importance(*pair, trained.dataset, epochs) for pair in pairs])
    predicted = genotype_importance[[*_KEYS, "importance"]].rename(columns={"importance": "predicted"})
    data = real.rename(columns={"subset": "name"}).merge(predicted, on=_KEYS)
    names = list(data["name"].unique())
    figure, axes = canvas(1, len(names), 4.2 * len(names), 3.6, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        _draw_both(axis, name, data[data["name"] == name])
    axes[0, 0].set_ylabel("importance by the surrogate\n(points of error)")
    seeds = max(len(seeds) for table in genotypes for seeds in table["seeds"])
    note = (
        f"{sum(map(len, genotypes))} genotypes {trained}, {seeds} seed(s): published cells (centre's error subtracted) "
        f"and all neighbours on the edges shown; {fitted}, which may have seen some of them, with "
        f"{held_out(predictions)}."
    )
    drawn = data[[*_KEYS, "name", "primitive", "source", "importance", "predicted"]]
    return stamped(Drawing(figure, drawn, note), predictions, fitted)


def _draw_both(axis: Axes, name: str, operations: pd.DataFrame) -> None:
    """One cell's operations, importance by training against the surrogate's."""
    colours = [primitive_colour(op) for op in operations["primitive"]]
    axis.scatter(100 * operations["importance"], 100 * operations["predicted"], c=colours, s=22)
    for row in operations.itertuples():
        text = f"{row.cell_type[0]}{row.edge} {short(row.primitive)}"
        axis.annotate(text, (100 * row.importance, 100 * row.predicted), fontsize=6)
    axis.axhline(0, color="black", linewidth=0.5)
    axis.axvline(0, color="black", linewidth=0.5)
    tau = operations[["importance", "predicted"]].corr("kendall").iloc[0, 1]
    axis.set_title(f"{name}: Kendall's tau {tau:.2f} over {len(operations)} operations")
    axis.set_xlabel("importance, trained (points of error)")
