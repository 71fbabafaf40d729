"""A user's own images in Parquet files, in the layout of the Hugging Face hub: encoded images and labels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from nascope.datasets.decoding import decode
from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError, one_line

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_TEST_NAMES = ("test", "val")
#: Names of the columns, as the hub's data sets have them: CIFAR-10 has img and label, CIFAR-100 img and fine_label.
_IMAGES, _LABELS = ("image", "img"), ("label", "fine_label")


def read(spec: DatasetSpec) -> Parts:
    """Training images, and test images (or else those called validation), as RGB.

    The data set's root holds ``train*.parquet`` and ``test*.parquet`` (or ``val*.parquet``), read in the order of their
    names, with columns ``image`` or ``img`` (bytes, or a struct with them) and ``label`` or ``fine_label`` (from 0 to
    one less than ``classes``).

    Raises:
        NascopeError: a missing file or column, a label that is text or out of range, or an image that cannot be read or
            has another size; the message names file and row.
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
        contents, classes_of = _columns(file)
        rows = zip(contents.to_pylist(), classes_of.to_pylist(), strict=True)
        for row, (content, label) in enumerate(tqdm(rows, desc=file.name, mininterval=5, total=len(contents))):
            if label is None or not 0 <= label < classes:
                raise NascopeError(
                    f"{file}, row {row}: label {label} is not one of the {classes} classes of the config"
                )
            pixels = _decode(content["bytes"] if isinstance(content, dict) else content, file, row)
            if images and pixels.shape != images[0].shape:
                size, other = (f"{p.shape[1]}x{p.shape[0]}" for p in (pixels, images[0]))
                raise NascopeError(f"{file}, row {row}: {size} pixels, the images before it have {other}")
            images.append(pixels)
            labels.append(label)
    if not images:
        raise NascopeError(f"{files[0]}: there are no rows in {name}*.parquet")
    stacked = np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2))
    return Images(stacked, np.array(labels, dtype=np.int64))


def _columns(file: Path) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Images and labels."""
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise NascopeError(f"{file}: not a whole Parquet file ({one_line(str(error), 200)})") from None
    images, labels = (_column(file, table, names) for names in (_IMAGES, _LABELS))
    kind = images.type
    if not (_is_bytes(kind) or (pa.types.is_struct(kind) and "bytes" in kind.names and _is_bytes(kind["bytes"].type))):
        raise NascopeError(f"{file}: images are {kind}; needed are encoded images as bytes, or a struct with them")
    if not pa.types.is_integer(labels.type):
        raise NascopeError(f"{file}: labels are {labels.type}; needed are whole numbers from 0: number your classes")
    return images, labels


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _column(file: Path, table: pa.Table, names: tuple[str, ...]) -> pa.ChunkedArray:
    found = next((name for name in names if table.column_names.count(name) == 1), None)
    if found is None:
        raise NascopeError(f"{file}: no column {' or '.join(names)}; it has {', '.join(table.column_names)[:200]}")
    return table[found]


def _decode(content: bytes | None, file: Path, row: int) -> NDArray[np.uint8]:
    if content is None:
        raise NascopeError(f"{file}, row {row}: there is no image")
    try:
        return np.asarray(decode(io.BytesIO(content)))
    except NascopeError as error:
        raise NascopeError(f"{file}, row {row}: {error}") from None


# Numbers and sizes of images are unknown until the files are read; estimates of cost assume those of CIFAR-10.
SOURCE = Source(
    read,
    classes=None,
    channels=3,
    side=32,
    train=50_000,
    test=10_000,
    own=tuple(f"{name}*.parquet" for name in ("train", *_TEST_NAMES)),
)
