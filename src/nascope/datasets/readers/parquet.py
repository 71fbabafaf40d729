"""A user's own images in Parquet files, in the layout of the Hugging Face hub: encoded images and labels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from tqdm import tqdm

from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_TEST_NAMES = ("test", "val")


def read(spec: DatasetSpec) -> Parts:
    """Training images, and test images (or else those called validation), as RGB.

    The data set's root holds ``train*.parquet`` and ``test*.parquet`` (or ``val*.parquet``), read in the order of their
    names, with columns ``image`` (bytes, or a struct with them) and ``label`` (from 0 to one less than ``classes``).

    Raises:
        NascopeError: a missing file or column, a label out of range, or an image that cannot be read or has another
            size; the message names file and row.
    """
    assert spec.classes is not None  # DatasetSpec demands it
    test = next((name for name in _TEST_NAMES if list(spec.folder.glob(f"{name}*.parquet"))), _TEST_NAMES[0])
    return Parts(_read(spec.folder, "train", spec.classes), _read(spec.folder, test, spec.classes))


def _read(root: Path, name: str, classes: int) -> Images:
    files = sorted(root.glob(f"{name}*.parquet"))
    if not files:
        raise NascopeError(f"{root}: no {name}*.parquet there")
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for file in files:
        table = _columns(file)
        rows = zip(table["image"].to_pylist(), table["label"].to_pylist(), strict=True)
        for row, (content, label) in enumerate(tqdm(rows, desc=file.name, mininterval=5, total=len(table))):
            if not 0 <= label < classes:
                raise NascopeError(
                    f"{file}, row {row}: label {label} is not one of the {classes} classes of the config"
                )
            pixels = _decode(content["bytes"] if isinstance(content, dict) else content, file, row)
            if images and pixels.shape != images[0].shape:
                size, other = (f"{p.shape[1]}x{p.shape[0]}" for p in (pixels, images[0]))
                raise NascopeError(f"{file}, row {row}: {size} pixels, the images before it have {other}")
            images.append(pixels)
            labels.append(label)
    stacked = np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2))
    return Images(stacked, np.array(labels, dtype=np.int64))


def _columns(file: Path) -> pa.Table:
    try:
        table = pq.read_table(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise NascopeError(f"{file}: not a whole Parquet file ({error})") from None
    missing = {"image", "label"} - set(table.column_names)
    if missing:
        raise NascopeError(f"{file}: no column {', '.join(sorted(missing))}; it has {', '.join(table.column_names)}")
    return table


def _decode(content: bytes, file: Path, row: int) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, TypeError) as error:
        raise NascopeError(f"{file}, row {row}: not a readable image ({error})") from None


# Numbers and sizes of images are unknown until the files are read; estimates of cost assume those of CIFAR-10.
SOURCE = Source(read, classes=None, channels=3, side=32, train=50_000, test=10_000)
