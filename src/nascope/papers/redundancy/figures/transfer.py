"""Random cells with and without the pattern, trained by others off CIFAR-10."""

from __future__ import annotations

import numpy as np

from nascope.drawing.boxes import draw_boxes
from nascope.drawing.style import Drawing, canvas
from nascope.papers.redundancy.claims.transfer import followers
from nascope.papers.redundancy.look import scatter_at
from nascope.papers.redundancy.paper import PAPER
from nascope.schemas.results import TRANSFERRED
from nascope.schemas.searches import Architectures

_GROUPS = {True: ("with the\npattern", "#0072B2"), False: ("others", "#999999")}


@PAPER.figure(
    "Random cells with and without the pattern on other data sets", tables=lambda plan: {"transfer": TRANSFERRED}
)
def pattern_transfer(transfer: Architectures) -> Drawing:
    """Accuracy of cells that happen to have the pattern, beside that of others, by data set."""
    data = followers(transfer)[["dataset", "genotype", "follows", "valid_accuracy"]]
    names = list(data["dataset"].unique())
    figure, axes = canvas(1, len(names), 2.9 * len(names), 3.2, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        part = data[data["dataset"] == name]
        samples = [np.sort(part.loc[part["follows"] == follows, "valid_accuracy"]) for follows in _GROUPS]
        draw_boxes(axis, samples, [colour for _, colour in _GROUPS.values()])
        for place, sample in enumerate(samples, start=1):
            scatter_at(axis, place, sample, colour="#222222", size=5, alpha=0.6)
        labels = [f"{label} ({len(sample)})" for (label, _), sample in zip(_GROUPS.values(), samples, strict=True)]
        axis.set_xticks((1, 2), labels, fontsize=7)
        medians = [f"{np.median(sample):.2f}" for sample in samples]
        axis.set_title(f"{name}\nmedians {' and '.join(medians)}", fontsize=9)
    axes[0, 0].set_ylabel("accuracy (%)")
    sources = ", ".join(data.index.map(transfer["source"]).unique())
    note = (
        f"{data['genotype'].nunique()} random genotypes of the DARTS space, trained by others ({sources}), one seed. "
        "Pattern: a skip connection from an input of the normal cell, and at least half separable convolutions. Box: "
        "quartiles, whiskers 1.5 IQR; dots are cells."
    )
    return Drawing(figure, data, note)
