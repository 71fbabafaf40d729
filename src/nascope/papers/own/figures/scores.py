"""Final scores of a user's own study, and where its cells stand among all that were trained alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nascope.drawing.style import Drawing, canvas
from nascope.evidence.scope import Trained
from nascope.papers.own.study import OWN
from nascope.papers.own.tables import MOST, facts, left_out, own_study, own_trained, trained_alike
from nascope.schemas.trainings import Genotypes, Parameters, Trainings
from nascope.spaces.canonical import canonical_key
from nascope.spaces.published import published_cells
from nascope.training.summary import join_study, with_parameters
from nascope.words import counted

_KEYS = ["family", "group", "name"]
#: Whose cells they are, with their look.
_LOOKS = {
    "other": ("other cells", "#BBBBBB", 14),
    "published": ("published cells", "#E69F00", 26),
    "own": ("this study", "#0072B2", 26),
}
_NAMED = 20


@OWN.figure(
    "Test accuracy after training, with seeds",
    tables=lambda plan: own_study(plan).tables("genotypes", "trainings"),
    options=own_trained,
)
def scores(genotypes: Genotypes, trainings: Trainings, *, trained: Trained) -> Drawing:
    """Test accuracy of every training, one row of dots per cell, the best cell on top."""
    data = join_study(genotypes, trainings)[[*_KEYS, "key", "seed", "status", "last_test_accuracy", "last_test_loss"]]
    groups = data.groupby(_KEYS, sort=False)["last_test_accuracy"]
    means = groups.mean().sort_values(ascending=False, kind="stable").head(MOST)
    figure, axis = canvas(1, 1, 6.5, 0.9 + 0.24 * len(means))
    for place, (cell, mean) in enumerate(means.items()):
        seeds = groups.get_group(cell)
        axis.scatter(seeds, np.full(len(seeds), place), s=14, color="#999999")
        axis.plot(mean, place, "D", color="#0072B2", markersize=4)
    axis.set_yticks(range(len(means)), [name for _, _, name in means.index])
    axis.invert_yaxis()
    axis.set_xlabel("test accuracy after the last epoch (%)")
    several = "Dots: seeds; diamonds: their means." if genotypes["seeds"].map(len).max() > 1 else "One dot per cell."
    return Drawing(figure, data, f"{facts(genotypes, trained)} {several}{left_out(len(genotypes))}")


@OWN.figure(
    "Where the cells stand among all that were trained alike",
    tables=lambda plan: {
        **own_study(plan).tables("genotypes", "trainings", "parameters"),
        "other_genotypes": [study.genotypes for study in plan.studies(trained_alike(plan))],
        "other_parameters": [study.parameters for study in plan.studies(trained_alike(plan))],
    },
    options=own_trained,
)
def standing(
    genotypes: Genotypes,
    trainings: Trainings,
    parameters: Parameters,
    other_genotypes: list[Genotypes],
    other_parameters: list[Parameters],
    *,
    trained: Trained,
) -> Drawing:
    """Test accuracy against parameters and width: the study's cells, published ones, and those of other studies."""
    own = _scored(genotypes, trainings, parameters).assign(whose="own")
    pairs = zip(other_genotypes, other_parameters, strict=True)
    others = pd.concat([_scored(study, trainings, sizes) for study, sizes in pairs] or [own.head(0)])
    others = _named_as_published(others[~others["key"].isin(own["key"])].drop_duplicates("key"))
    data = pd.concat([others, own], ignore_index=True)
    functions = data.drop_duplicates("key")["test_accuracy"]
    data["place"] = [1 + int((functions > accuracy).sum()) for accuracy in data["test_accuracy"]]
    panels = {"parameters": "parameters", "width": "width of the normal cell (c)"}
    known = [column for column in panels if data[column].notna().any()]
    figure, axes = canvas(1, len(known), 4.8 * len(known), 3.8, sharey=True, squeeze=False)
    for axis, column in zip(axes[0], known, strict=True):
        _draw(axis, data, column)
        axis.set_xlabel(panels[column])
    axes[0, 0].set_ylabel("test accuracy after the last epoch (%)")
    axes[0, 0].legend(fontsize=7)
    return Drawing(figure, data, f"{facts(genotypes, trained)} {_beside(others, functions)}")


def _scored(genotypes: pd.DataFrame, trainings: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """One row per cell of a study: its mean test accuracy over the study's seeds, and its size."""
    table = join_study(genotypes, trainings)
    columns = ["study", *_KEYS, "key", "width", "depth"]
    means = table.groupby(columns, sort=False, dropna=False).agg(
        test_accuracy=("last_test_accuracy", "mean"), seeds=("seed", "nunique")
    )
    return with_parameters(means.reset_index(), parameters)


def _named_as_published(others: pd.DataFrame) -> pd.DataFrame:
    """Other studies' cells, the published ones by their names."""
    names = {canonical_key(cell.genotype): name for name, cell in published_cells().items()}
    published = others["key"].map(names)
    return others.assign(whose=np.where(published.notna(), "published", "other"), name=published.fillna(others["name"]))


def _beside(others: pd.DataFrame, functions: pd.Series) -> str:
    """What else is drawn."""
    if others.empty:
        return "No other cell was trained with this set-up."
    published = int((others["whose"] == "published").sum())
    counts = f"{counted(published, 'published cell')} and {counted(len(others) - published, 'other cell')}"
    return (
        f"Beside them {counts} that other studies trained with this set-up, means over each study's own seeds; cells "
        f"that compute one function are one. Each cell's place among all {len(functions):,} is in the data."
    )


def _draw(axis: Axes, data: pd.DataFrame, column: str) -> None:
    for whose, (label, colour, size) in _LOOKS.items():
        part = data[data["whose"] == whose]
        if len(part):
            axis.scatter(part[column], part["test_accuracy"], s=size, color=colour, label=label, linewidths=0)
        if whose != "other" and len(part) <= _NAMED:
            for row in part.dropna(subset=[column]).itertuples():
                place = (getattr(row, column), row.test_accuracy)
                axis.annotate(row.name, place, (3, 3), fontsize=6.5, textcoords="offset points")
