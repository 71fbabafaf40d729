"""Official archives of data sets, known without torch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

#: ImageNet16's official files and their MD5 sums.
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


@dataclass(frozen=True)
class Archive:
    """One file to fetch.

    Attributes:
        url: its home.
        size: bytes (0: unknown).
        md5: of the file (empty: unknown; its reader then checks what it holds).
        holds: names below the data set's root that are there once it is unpacked; the file's own if it is none.
    """

    url: str
    size: int
    md5: str
    holds: tuple[str, ...]

    @property
    def name(self) -> str:
        """File name."""
        return self.url.rpartition("/")[2]


#: By source. ImageNet-1k asks for a registration, and Parquet files are the user's: nothing to fetch.
ARCHIVES = {
    "cifar10": (
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            170_498_071,
            "c58f30108f718f92721af3b95e74349a",
            ("cifar-10-batches-py",),
        ),
    ),
    "cifar100": (
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            169_001_437,
            "eb9058c3a382ffc7106e4002c42a8d85",
            ("cifar-100-python",),
        ),
    ),
    "svhn": (
        Archive(
            "http://ufldl.stanford.edu/housenumbers/train_32x32.mat",
            182_040_794,
            "e26dedcc434d2e4c54c9b2d4a06d8373",
            ("train_32x32.mat",),
        ),
        Archive(
            "http://ufldl.stanford.edu/housenumbers/test_32x32.mat",
            64_275_384,
            "eb5a983be6a315427106f1b164d9cef3",
            ("test_32x32.mat",),
        ),
    ),
    "tiny_imagenet": (
        Archive(
            "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
            248_100_043,
            "90528d7ca1a48142e341f4ef8d21d0de",
            ("tiny-imagenet-200",),
        ),
    ),
    "imagenet16": (
        Archive("https://image-net.org/data/downsample/Imagenet16_train.zip", 0, "", tuple(TRAIN)),
        Archive("https://image-net.org/data/downsample/Imagenet16_val.zip", 0, "", tuple(TEST)),
    ),
}


def md5_of(path: Path) -> str:
    """MD5 sum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
