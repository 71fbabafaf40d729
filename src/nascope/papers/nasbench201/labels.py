"""Names that several figures of NAS-Bench-201 print, and the cell that they single out."""

from __future__ import annotations

#: The cell that makes the skeleton a ResNet.
RESNET = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"

_DATASETS = {"cifar10-valid": "CIFAR-10", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100"}


def dataset_label(dataset: str) -> str:
    """A data set's name in print."""
    return _DATASETS.get(dataset, dataset)


def score_label(score: str) -> str:
    """A score's name in two lines, such as CIFAR-10 over valid."""
    return score_title(score, "\n")


def score_title(score: str, separator: str = " ") -> str:
    """A score's name in one line, such as CIFAR-10 valid."""
    dataset, _, split = score.partition(" ")
    return f"{dataset_label(dataset)}{separator}{split}"
