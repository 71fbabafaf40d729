"""Images of noise: how long a step takes does not depend on what is seen."""

from __future__ import annotations

import torch

from nascope.datasets.images import Dataset, Split
from nascope.datasets.shapes import shape_of, side_of
from nascope.datasets.spec import DatasetSpec

_TEST_IMAGES = 2


def random_images(spec: DatasetSpec, count: int) -> Dataset:
    """A data set of random pixels and labels.

    Args:
        spec: its images have as many classes, channels and pixels.
        count: training images, and as many validation images.
    """
    classes, channels = shape_of(spec)
    side, generator = side_of(spec), torch.Generator().manual_seed(0)

    def split(size: int) -> Split:
        images = torch.randint(256, (size, channels, side, side), dtype=torch.uint8, generator=generator)
        return Split(images, torch.randint(classes, (size,), generator=generator))

    parts = split(count), split(count), split(_TEST_IMAGES)
    return Dataset("noise", classes, *parts, mean=(0.5,) * channels, std=(0.25,) * channels)
