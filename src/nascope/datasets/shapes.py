"""Classes and channels of a data set, known without reading it (and without torch)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nascope.errors import NascopeError

#: Source: (classes, channels of an image).
SHAPES = {
    "digits": (10, 1),
    "cifar10": (10, 3),
    "cifar100": (100, 3),
    "svhn": (10, 3),
    "tiny_imagenet": (200, 3),
    "imagenet16": (120, 3),
    "imagenet": (1000, 3),
}

#: Source: (pixels a side as networks see them, training images, test images). Parquet files are taken for CIFAR's size.
EXTENTS = {
    "digits": (8, 1_397, 400),
    "cifar10": (32, 50_000, 10_000),
    "cifar100": (32, 50_000, 10_000),
    "svhn": (32, 73_257, 26_032),
    "tiny_imagenet": (64, 100_000, 10_000),
    "imagenet16": (16, 151_700, 6_000),
    "imagenet": (224, 1_281_167, 50_000),
    "parquet": (32, 50_000, 10_000),
}


def shape_of(spec: Mapping[str, Any]) -> tuple[int, int]:
    """Classes and channels of a config entry's data set.

    Raises:
        NascopeError: Parquet files of an unknown number of classes.
    """
    if spec["source"] == "parquet":
        if not spec.get("classes"):
            raise NascopeError("a data set of source parquet needs its number of classes in the config (classes: ...)")
        return spec["classes"], 3
    return SHAPES[spec["source"]]
