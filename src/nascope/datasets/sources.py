"""Where images come from: scikit-learn's digits (embedded), torchvision's CIFAR files, ImageNet's folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

from nascope.datasets.files import FileImages, list_folder
from nascope.datasets.imagenet16 import read_imagenet16
from nascope.datasets.images import Dataset, Split
from nascope.datasets.parquet import read_image_parquet
from nascope.datasets.shapes import SHAPES, shape_of
from nascope.datasets.splits import split_indices
from nascope.datasets.tiny_imagenet import read_tiny_imagenet
from nascope.errors import NascopeError

#: Images of scikit-learn's digits in train, valid and test, drawn once and for all, stratified by class.
DIGITS_SIZES = (1000, 397, 400)
_DIGITS_SEED = 0
_SAMPLE_SEED = 0

#: Mean and standard deviation in [0, 1]: the DARTS code's for CIFAR-10 and ImageNet, NAS-Bench-201's for CIFAR-100,
#: and for Tiny-ImageNet those of Shu et al.'s code.
_STATISTICS = {
    "cifar10": ((0.49139968, 0.48215827, 0.44653124), (0.24703233, 0.24348505, 0.26158768)),
    "tiny_imagenet": ((0.4802, 0.4481, 0.3975), (0.2302, 0.2265, 0.2262)),
    "imagenet16": ((122.68 / 255, 116.66 / 255, 104.01 / 255), (63.22 / 255, 61.26 / 255, 65.09 / 255)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "cifar100": ((129.3 / 255, 124.1 / 255, 112.4 / 255), (68.2 / 255, 65.4 / 255, 70.4 / 255)),
}


def load_dataset(name: str, spec: Mapping[str, Any]) -> Dataset:
    """Load the data set that a config entry describes.

    Args:
        name: the entry's name.
        spec: ``source`` (a key of :data:`nascope.datasets.shapes.SHAPES`, or ``parquet``), for all but digits ``root``
            and ``split``, for Parquet files ``classes``, and ``sizes``: how many images of train, valid and test to
            keep (0: all).

    Raises:
        NascopeError: an unknown source, or files that are not there or not the official ones.
    """
    match spec["source"]:
        case "digits":
            dataset = _digits(name)
        case "cifar10" | "cifar100":
            dataset = _parted(name, spec, *_cifar(name, spec))
        case "svhn":
            dataset = _parted(name, spec, *_svhn(name, spec))
        case "tiny_imagenet":
            dataset = _parted(name, spec, *read_tiny_imagenet(Path(spec["root"]).expanduser()))
        case "imagenet16":
            dataset = _parted(name, spec, *read_imagenet16(Path(spec["root"]).expanduser()))
        case "parquet":
            root = Path(spec["root"]).expanduser()
            dataset = _parted(name, spec, *read_image_parquet(root, shape_of(spec)[0]))
        case "imagenet":
            dataset = _parted(name, spec, *_imagenet(name, spec))
        case other:
            raise NascopeError(f"data set {name!r}: unknown source {other!r}: choose from {', '.join(SHAPES)}, parquet")
    names = ("train", "valid", "test")
    sizes = spec.get("sizes", (0, 0, 0))
    try:
        parts = {
            part: getattr(dataset, part).sample(size, _SAMPLE_SEED) for part, size in zip(names, sizes, strict=True)
        }
    except NascopeError as error:
        raise NascopeError(f"data set {name!r}: {error}") from None
    return replace(dataset, **parts)


def describe_dataset(name: str, spec: Mapping[str, Any]) -> pd.DataFrame:
    """An ``images`` table of all images of a config entry's source; reading them checks the files.

    Raises:
        NascopeError: see :func:`load_dataset`.
    """
    dataset = load_dataset(name, {**spec, "split": "all", "sizes": (0, 0, 0)})
    rows = []
    for split in ("train", "test"):
        part = getattr(dataset, split)
        _, channels, height, width = part.images.shape
        shape = {"classes": dataset.classes, "channels": channels, "height": height, "width": width}
        rows.append({"source": spec["source"], "root": spec["root"], "split": split, "images": len(part), **shape})
    return pd.DataFrame(rows)


def _digits(name: str) -> Dataset:
    """1,797 images of 8x8 pixels with 17 grey levels (0..16), scaled to 0..240."""
    bunch = load_digits()
    images = torch.from_numpy((bunch.images * 15).astype(np.uint8)).unsqueeze(1)
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    train_size, valid_size, _ = DIGITS_SIZES
    rest, train = _stratified(np.arange(len(labels)), labels.numpy(), train_size)
    test, valid = _stratified(rest, labels.numpy(), valid_size)
    pixels = images[train].to(torch.float64) / 255
    return Dataset(
        name,
        SHAPES["digits"][0],
        *(Split(images[part], labels[part]) for part in (train, valid, test)),
        mean=(float(pixels.mean()),),
        std=(float(pixels.std(correction=0)),),
    )


def _stratified(indices: np.ndarray, labels: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    rest, taken = train_test_split(indices, test_size=size, random_state=_DIGITS_SEED, stratify=labels[indices])
    return np.sort(rest), np.sort(taken)


def _parted(name: str, spec: Mapping[str, Any], train: Split, test: Split) -> Dataset:
    """Training images parted into train and valid as the config entry says."""
    chosen, held = split_indices(spec["split"], len(train))
    mean, std = _STATISTICS.get(spec["source"]) or _statistics(train.images)
    first, second = (train.take(part) for part in (chosen, held))
    return Dataset(name, shape_of(spec)[0], first, second, test, mean=mean, std=std)


def _statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel of resident images, in [0, 1]."""
    found = [(channel.double().mean() / 255, channel.double().std(correction=0) / 255) for channel in images.unbind(1)]
    means, deviations = zip(*((float(mean), float(std)) for mean, std in found), strict=True)
    return means, deviations


def _svhn(name: str, spec: Mapping[str, Any]) -> tuple[Split, Split]:
    """The 73,257 training and 26,032 test images; the additional ones are not used."""
    from torchvision.datasets import SVHN  # Slow to import.

    root = Path(spec["root"]).expanduser()
    try:
        parts = [SVHN(str(root), split=split, download=False) for split in ("train", "test")]
    except RuntimeError as error:
        raise NascopeError(
            f"data set {name!r}: {root} lacks the official train_32x32.mat and test_32x32.mat, or they are damaged "
            f"({error})"
        ) from None
    train, test = (Split(torch.from_numpy(p.data).contiguous(), torch.from_numpy(p.labels)) for p in parts)
    return train, test


def _imagenet(name: str, spec: Mapping[str, Any]) -> tuple[Split, Split]:
    """The folders ``train`` and ``val`` of ImageNet-1k, a folder a class in each; ``val`` is for testing."""
    parts = []
    for folder in ("train", "val"):
        files, labels = list_folder(Path(spec["root"]).expanduser() / folder)
        parts.append(Split(FileImages(tuple(files)), torch.tensor(labels)))
    classes = [int(part.labels.max()) + 1 for part in parts]
    if max(classes) > SHAPES["imagenet"][0]:
        raise NascopeError(f"data set {name!r}: {max(classes)} folders below {spec['root']}, ImageNet has 1,000")
    return parts[0], parts[1]


def _cifar(name: str, spec: Mapping[str, Any]) -> tuple[Split, Split]:
    import torchvision  # Slow to import, and the embedded default does without it.

    source = spec["source"]
    reader = {"cifar10": torchvision.datasets.CIFAR10, "cifar100": torchvision.datasets.CIFAR100}[source]
    root = Path(spec["root"]).expanduser()
    if not root.is_dir():
        raise NascopeError(
            f"data set {name!r}: there is no directory {root}; put the official {source} python files there "
            f"({reader.base_folder}/...) or set datasets.{name}.root in the config"
        )
    try:
        parts = [reader(root, train=train, download=False) for train in (True, False)]
    except RuntimeError as error:
        raise NascopeError(
            f"data set {name!r}: {root / reader.base_folder} is missing, incomplete or not the official files ({error})"
        ) from None
    train, test = (
        Split(torch.from_numpy(p.data).permute(0, 3, 1, 2).contiguous(), torch.tensor(p.targets)) for p in parts
    )
    return train, test
