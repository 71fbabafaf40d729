"""Image classification data sets as Parquet files, the layout of the Hugging Face hub: encoded images and labels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from PIL import Image, UnidentifiedImageError
from tqdm import tqdm

from nascope.datasets.images import Split
from nascope.errors import NascopeError

_TEST_NAMES = ("test", "val")


def read_image_parquet(root: Path, classes: int) -> tuple[Split, Split]:
    """Training images, and test images (or else those called validation), as RGB.

    Args:
        root: directory with files ``train*.parquet`` and ``test*.parquet`` (or ``val*.parquet``), several in the order
            of their names; columns ``image`` (bytes, or a struct with them) and ``label``.
        classes: labels are 0 to one less.

    Raises:
        NascopeError: a missing file or column, a label out of range, or an image that cannot be read or has another
            size; the message names file and row.
    """
    test = next((name for name in _TEST_NAMES if list(root.glob(f"{name}*.parquet"))), _TEST_NAMES[0])
    return _read(root, "train", classes), _read(root, test, classes)


def _read(root: Path, name: str, classes: int) -> Split:
    files = sorted(root.glob(f"{name}*.parquet"))
    if not files:
        raise NascopeError(f"{root}: no {name}*.parquet there")
    images, labels = [], []
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
    return Split(torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels))


def _columns(file: Path) -> pa.Table:
    try:
        table = pq.read_table(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise NascopeError(f"{file}: not a whole Parquet file ({error})") from None
    missing = {"image", "label"} - set(table.column_names)
    if missing:
        raise NascopeError(f"{file}: no column {', '.join(sorted(missing))}; it has {', '.join(table.column_names)}")
    return table


def _decode(content: bytes, file: Path, row: int) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, TypeError) as error:
        raise NascopeError(f"{file}, row {row}: not a readable image ({error})") from None
