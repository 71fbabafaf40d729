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
