"""Shape and extent of a data set, known without reading it (and without torch)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nascope.datasets.registry import source_named
from nascope.datasets.splits import split_indices

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec


def shape_of(spec: DatasetSpec) -> tuple[int, int]:
    """Classes and channels of a data set."""
    source = source_named(spec.source)
    classes = source.classes or spec.classes
    assert classes is not None  # DatasetSpec makes sure that one of the two is there
    return classes, source.channels


def side_of(spec: DatasetSpec) -> int:
    """Height and width of a data set's images in pixels, as networks see them."""
    return source_named(spec.source).side


def sizes_of(spec: DatasetSpec) -> tuple[int, int, int]:
    """Number of images of train, valid and test."""
    source = source_named(spec.source)
    if source.valid:
        train, valid = source.train, source.valid
    else:
        train, valid = (len(part) for part in split_indices(spec.split, source.train))
    asked_train, asked_valid, asked_test = spec.sizes
    return asked_train or train, asked_valid or valid, asked_test or source.test
