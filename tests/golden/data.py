"""Small data sets for golden trainings: part of the digits, and made images in the layouts of files."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from nascope.datasets.images import Dataset
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec

_SEED = 20
_CLASSES = 3


def dataset_named(name: str, folder: Path) -> Dataset:
    """A data set, loaded as a job loads it.

    Args:
        name: digits, parquet, cifar10 or imagenet.
        folder: where its files are made.
    """
    match name:
        case "digits":
            return load_dataset(name, DatasetSpec(source="digits", sizes=(150, 50, 50)))
        case "parquet":
            _make_parquet(folder)
            spec = DatasetSpec(source="parquet", root=str(folder), classes=_CLASSES)
            return load_dataset(name, spec)
        case "cifar10":
            _make_cifar10(folder)
            # torchvision accepts no other files than the official ones.
            with mock.patch("torchvision.datasets.cifar.check_integrity", return_value=True):
                return load_dataset(name, DatasetSpec(source="cifar10", root=str(folder), split="first_half"))
        case _:
            _make_imagenet(folder)
            return load_dataset(name, DatasetSpec(source="imagenet", root=str(folder), split="all"))


def _made(rng: np.random.Generator, count: int, side: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise whose brightness tells the class, (count, side, side, 3), and the classes, (count,)."""
    labels = np.arange(count) % classes
    noise = rng.integers(0, 128, (count, side, side, 3))
    return (noise + labels[:, None, None, None] * (127 // classes)).astype(np.uint8), labels


def _make_parquet(folder: Path) -> None:
    rng = np.random.default_rng(_SEED)
    for name, count in (("train", 120), ("test", 30)):
        pixels, labels = _made(rng, count, 12, _CLASSES)
        images = [{"bytes": _png(image), "path": None} for image in pixels]
        pq.write_table(pa.table({"image": images, "label": labels}), folder / f"{name}.parquet")


def _make_cifar10(folder: Path) -> None:
    rng = np.random.default_rng(_SEED)
    inside = folder / "cifar-10-batches-py"
    inside.mkdir()
    (inside / "batches.meta").write_bytes(pickle.dumps({"label_names": [str(label) for label in range(10)]}))
    for name, count in (*((f"data_batch_{number}", 12) for number in range(1, 6)), ("test_batch", 30)):
        pixels, labels = _made(rng, count, 32, 10)
        content = {"data": pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1), "labels": labels.tolist()}
        (inside / name).write_bytes(pickle.dumps(content))


def _make_imagenet(folder: Path) -> None:
    rng = np.random.default_rng(_SEED)
    for part, count in (("train", 12), ("val", 30)):
        for number, (image, label) in enumerate(zip(*_made(rng, count, 256, _CLASSES), strict=True)):
            path = folder / part / f"n{label}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_png(image))


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
