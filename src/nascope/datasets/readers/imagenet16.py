"""ImageNet16-120 from the official pickled batches of downsampled ImageNet (Chrabaszcz et al. 2017), safely read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nascope.datasets.archives import Archive, md5_of
from nascope.datasets.source import Images, Parts, Source
from nascope.errors import NascopeError
from nascope.pickled_arrays import NUMPY
from nascope.plain_pickle import ERRORS, BoundedStream, PlainUnpickler

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_SIDE, _CLASSES = 16, 120
#: The official files and their MD5 sums.
TRAIN = {
    "train_data_batch_1": "27846dcaa50de8e21a7d1a35f30f0e91",
    "train_data_batch_2": "c7254a054e0e795c69120a5727050e3f",
    "train_data_batch_3": "4333d3df2e5ffb114b05d2ffc19b1e87",
    "train_data_batch_4": "1620cdf193304f4a92677b695d70d10f",
    "train_data_batch_5": "348b3c2fdbb3940c4e9e834affd3b18d",
    "train_data_batch_6": "6e765307c242a1b3d7d5ef9139b48945",
    "train_data_batch_7": "564926d8cbf8fc4818ba23d2faac7564",
    "train_data_batch_8": "f4755871f718ccb653440b9dd0ebac66",
    "train_data_batch_9": "bb6dd660c38c58552125b1a92f86b5d4",
    "train_data_batch_10": "8f03f34ac4b42271a294f91bf480f29b",
}
TEST = {"val_data": "3410e3017fdaefba8d5073aaa65e4bd6"}


def read(spec: DatasetSpec) -> Parts:
    """The 151,700 training and 6,000 validation images of the first 120 classes; the latter are for testing.

    Raises:
        NascopeError: a missing file, one with another MD5 sum, or one that is not a plain pickle of arrays.
    """
    return Parts(_read(spec.folder, TRAIN), _read(spec.folder, TEST))


def _read(root: Path, files: dict[str, str]) -> Images:
    images, labels = [], []
    for name, digest in files.items():
        batch = _load(root / name, digest)
        found = np.asarray(batch["labels"])
        chosen = (found >= 1) & (found <= _CLASSES)
        images.append(np.asarray(batch["data"], dtype=np.uint8)[chosen].reshape(-1, 3, _SIDE, _SIDE))
        labels.append(found[chosen] - 1)
    return Images(np.concatenate(images), np.concatenate(labels).astype(np.int64))


def _load(path: Path, digest: str) -> dict[str, Any]:
    try:
        found = md5_of(path)
    except OSError as error:
        raise NascopeError(f"{path}: {error.strerror}; put the batches of ImageNet16 there") from None
    if found != digest:
        raise NascopeError(f"{path}: MD5 {found}, the official file has {digest}; download it again")
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            batch: dict[str, Any] = PlainUnpickler(BoundedStream(file, size, size), NUMPY, encoding="latin1").load()
    except ERRORS as error:
        raise NascopeError(f"{path}: refused, not a plain pickle of arrays ({error})") from None
    return batch


SOURCE = Source(
    read,
    classes=_CLASSES,
    channels=3,
    side=_SIDE,
    train=151_700,
    test=6_000,
    # Those of NAS-Bench-201's code.
    statistics=((122.68 / 255, 116.66 / 255, 104.01 / 255), (63.22 / 255, 61.26 / 255, 65.09 / 255)),
    archives=(
        Archive("https://image-net.org/data/downsample/Imagenet16_train.zip", 0, "", tuple(TRAIN)),
        Archive("https://image-net.org/data/downsample/Imagenet16_val.zip", 0, "", tuple(TEST)),
    ),
)
