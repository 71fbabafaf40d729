"""Architecture parameters against what they should tell."""

from __future__ import annotations

import numpy as np

from nascope.analysis.cell_searches import alpha_against_accuracy
from nascope.drawing.style import Drawing, canvas, primitive_colour, short
from nascope.evidence.scope import Trained
from nascope.papers.stacnas.paper import PAPER
from nascope.schemas.results import FOUND_ALPHAS
from nascope.schemas.searches import SearchAlphas
from nascope.schemas.trainings import Genotypes, Trainings


@PAPER.figure(
    "Architecture parameters against the accuracy of networks with each operator",
    tables=lambda plan: {
        "search_alphas": FOUND_ALPHAS,
        **plan.study(plan.section.edge).tables("genotypes", "trainings"),
    },
    options=lambda plan: {
        "space": plan.section.searches.spaces[0],
        **plan.study(plan.section.edge).chosen("cell_type", "edge"),
        "trained": plan.study(plan.section.edge).trained,
    },
)
def alpha_accuracy(
    search_alphas: SearchAlphas,
    genotypes: Genotypes,
    trainings: Trainings,
    *,
    space: str,
    cell_type: str,
    edge: int,
    trained: Trained,
) -> Drawing:
    """Architecture parameters of one edge against the accuracy of networks with each operator there."""
    data = alpha_against_accuracy(search_alphas, genotypes, trainings, space=space, cell_type=cell_type, edge=edge)
    names = [name for name in ("StacNAS", "DARTS-V1") if name in set(data["algorithm"])]
    figure, axes = canvas(1, len(names), 3.6 * len(names), 3.3, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        part = data[data["algorithm"] == name]
        axis.scatter(part["accuracy"], part["strength"], c=part["operator"].map(primitive_colour), s=26)
        for row in part.itertuples():
            axis.annotate(short(row.operator), (row.accuracy, row.strength), fontsize=7)
        rho = np.corrcoef(part["accuracy"], part["strength"])[0, 1] if len(part) > 2 else np.nan
        axis.set_title(f"{name}: Pearson {rho:.2f} over {len(part)} operators")
        axis.set_xlabel("stand-alone test accuracy (%)")
    axes[0, 0].set_ylabel("softmax of the architecture\nparameter")
    note = (
        f"{cell_type} edge {edge} of {genotypes['family'].iloc[0]}; each operator there trained in a network "
        f"of its own on {trained.dataset} with protocol {trained.protocol}, {genotypes['seeds'].map(len).max()} "
        f"seed(s); searches of space {space}, {search_alphas['seed'].nunique()} seed(s), StacNAS by its "
        "first stage (paper: 0.91 for StacNAS, 0.20 for DARTS on CIFAR-10)."
    )
    return Drawing(figure, data, note)
