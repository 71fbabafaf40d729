"""From the config's description of a data set to its images."""

from __future__ import annotations

import msgspec
import pandas as pd
import torch

from nascope.datasets.files import FileImages
from nascope.datasets.images import Dataset, Split
from nascope.datasets.registry import source_named
from nascope.datasets.shapes import shape_of
from nascope.datasets.source import Images, Parts, Statistics
from nascope.datasets.spec import DatasetSpec
from nascope.datasets.splits import split_indices
from nascope.errors import NascopeError

_SAMPLE_SEED = 0


def load_dataset(name: str, spec: DatasetSpec) -> Dataset:
    """Load a data set.

    Args:
        name: as the config calls it.
        spec: its source, place, split and sizes.

    Raises:
        NascopeError: files that are missing, damaged or not the official ones, or fewer images than ``spec.sizes``.
    """
    source = source_named(spec.source)
    classes, _ = shape_of(spec)
    try:
        parts = source.read(spec)
        mean, std = source.statistics or _statistics(parts.train)
        splits = zip(_divided(parts, spec.split), spec.sizes, strict=True)
        train, valid, test = (split.sample(size, _SAMPLE_SEED) for split, size in splits)
    except NascopeError as error:
        raise NascopeError(f"data set {name!r}: {error}") from None
    return Dataset(name, classes, train, valid, test, mean, std)


def describe_dataset(name: str, spec: DatasetSpec) -> pd.DataFrame:
    """An ``images`` table of all images of a data set's source; reading them checks the files.

    Raises:
        NascopeError: see :func:`load_dataset`.
    """
    dataset = load_dataset(name, msgspec.structs.replace(spec, split="all", sizes=(0, 0, 0)))
    rows = []
    for split, part in (("train", dataset.train), ("test", dataset.test)):
        _, channels, height, width = part.images.shape
        shape = {"classes": dataset.classes, "channels": channels, "height": height, "width": width}
        rows.append({"source": spec.source, "root": spec.root, "split": split, "images": len(part), **shape})
    return pd.DataFrame(rows)


def _divided(parts: Parts, kind: str) -> tuple[Split, Split, Split]:
    """Train, valid and test; training images are divided where the source has no validation images of its own."""
    train, test = _split(parts.train), _split(parts.test)
    if parts.valid is not None:
        return train, _split(parts.valid), test
    first, second = (torch.from_numpy(indices) for indices in split_indices(kind, len(train)))
    return train.take(first), train.take(second), test


def _split(images: Images) -> Split:
    pixels, labels = images
    resident = FileImages(pixels) if isinstance(pixels, tuple) else torch.from_numpy(pixels)
    return Split(resident, torch.from_numpy(labels))


def _statistics(images: Images) -> Statistics:
    """Mean and standard deviation of each channel of resident images, in [0, 1]."""
    if isinstance(images.pixels, tuple):
        raise TypeError("a source whose images stay in their files has to give its statistics")
    channels = [channel.double() for channel in torch.from_numpy(images.pixels).unbind(1)]
    means = tuple(float(channel.mean() / 255) for channel in channels)
    return means, tuple(float(channel.std(correction=0) / 255) for channel in channels)
