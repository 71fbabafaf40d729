"""What is known of a source of images before it is read, and what reading it gives. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nascope.datasets.archives import Archive

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

#: Mean and standard deviation of each channel, both in [0, 1].
Statistics = tuple[tuple[float, ...], tuple[float, ...]]


class Images(NamedTuple):
    """Images and their labels, as their files hold them.

    Attributes:
        pixels: (n, channels, height, width), or the paths of n images that stay in their files.
        labels: (n,), from 0.
    """

    pixels: NDArray[np.uint8] | tuple[Path, ...]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """Everything that a source holds.

    Attributes:
        train: training images.
        test: test images.
        valid: validation images of the source's own; None where ``train`` is divided as the config says.
    """

    train: Images
    test: Images
    valid: Images | None = None


@dataclass(frozen=True)
class Source:
    """A source of images.

    Attributes:
        read: reads the files of a data set; raises NascopeError where they are missing, damaged or not the official
            ones.
        classes: number of classes (None: the config says it).
        channels: channels of an image.
        side: height and width in pixels, as networks see an image.
        train: number of training images.
        test: number of test images.
        valid: number of validation images of the source's own (0: the training images are divided as the config says).
        statistics: what normalises the images (None: the training images' own).
        archives: official files that can be downloaded.
        embedded: whether the images come with a Python package, so that there are no files.
        own: patterns below the root of the files that it reads, where these are the user's own.
    """

    read: Callable[[DatasetSpec], Parts]
    classes: int | None
    channels: int
    side: int
    train: int
    test: int
    valid: int = 0
    statistics: Statistics | None = None
    archives: tuple[Archive, ...] = ()
    embedded: bool = False
    own: tuple[str, ...] = ()
