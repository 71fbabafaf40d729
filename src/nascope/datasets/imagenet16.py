"""ImageNet16-120 from the official pickled batches of downsampled ImageNet (Chrabaszcz et al. 2017), safely read."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nascope.datasets.archives import TEST, TRAIN, md5_of
from nascope.datasets.images import Split
from nascope.errors import NascopeError

SIDE, CLASSES = 16, 120
#: All that a pickled numpy array names.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it wants to load {module}.{name}")
        return super().find_class(module, name)


def read_imagenet16(root: Path) -> tuple[Split, Split]:
    """The 151,700 training and 6,000 validation images of the first 120 classes.

    Args:
        root: directory that holds the ten training batches and ``val_data``.

    Raises:
        NascopeError: a missing file, one with another MD5 sum, or one that is not a plain pickle of arrays.
    """
    return _read(root, TRAIN), _read(root, TEST)


def _read(root: Path, files: dict[str, str]) -> Split:
    images, labels = [], []
    for name, digest in files.items():
        batch = _load(root / name, digest)
        found = np.asarray(batch["labels"])
        chosen = (found >= 1) & (found <= CLASSES)
        images.append(np.asarray(batch["data"], dtype=np.uint8)[chosen].reshape(-1, 3, SIDE, SIDE))
        labels.append(found[chosen] - 1)
    return Split(torch.from_numpy(np.concatenate(images)), torch.from_numpy(np.concatenate(labels).astype(np.int64)))


def _load(path: Path, digest: str) -> dict[str, Any]:
    try:
        found = md5_of(path)
    except OSError as error:
        raise NascopeError(f"{path}: {error.strerror}; put the batches of ImageNet16 there") from None
    if found != digest:
        raise NascopeError(f"{path}: MD5 {found}, the official file has {digest}; download it again")
    try:
        with path.open("rb") as file:
            return _ArrayUnpickler(file, encoding="latin1").load()
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise NascopeError(f"{path}: refused, not a plain pickle of arrays ({error})") from None
