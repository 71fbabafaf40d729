"""Sizes of the networks of Table 1."""

from __future__ import annotations

from nascope.datasets.registry import source_named
from nascope.evidence.estimate import Estimate, exact
from nascope.papers.understanding.paper import PAPER
from nascope.papers.understanding.reference import SHU_TABLE_1
from nascope.spaces.published import published_cell

_ADAPTED = {
    "NASNet-A": "NASNet_ADAPT",
    "AmoebaNet-A": "AmoebaNet_ADAPT",
    "ENAS": "ENAS_ADAPT",
    "SNAS_mild": "SNAS_ADAPT",
}
_ROUNDED = 0.0051  # millions; Table 1 has two decimals
_SIZES = PAPER.claim(
    "Table 1's sizes", "Networks of original and adapted cells have the numbers of parameters of Table 1."
)


@_SIZES.test(
    "computed",
    figure="generalisation",
    measure="half of Table 1's last decimal minus the largest deviation of a number of parameters (millions)",
    unit="networks",
)
def sizes_are_published() -> Estimate:
    """Original and adapted cells on three data sets; the adapted DARTS cell is reconstructed from these numbers."""
    from nascope.networks.skeletons import count_parameters  # Imports torch, which reading the workflow does without.

    gaps = []
    for cell, datasets in SHU_TABLE_1.items():
        for dataset, (_, published) in datasets.items():
            classes = source_named(dataset).classes
            assert classes is not None  # only a user's images have none
            for name, millions in zip((cell, _ADAPTED.get(cell, "DARTS_ADAPT")), published, strict=True):
                stem = 2 if dataset == "tiny_imagenet" else 1
                count = count_parameters(
                    published_cell(name).genotype,
                    channels=36,
                    cells=20,
                    classes=classes,
                    in_channels=3,
                    auxiliary=True,
                    stem_stride=stem,
                )
                gaps.append(abs(count / 1e6 - millions))
    return exact(_ROUNDED - max(gaps), len(gaps), "20 cells, 36 channels, auxiliary head counted")
