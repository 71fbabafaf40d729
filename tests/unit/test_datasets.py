import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms import functional as vision

from nascope.datasets.augment import AugmentParameters, crop, cutout, draw, flip
from nascope.datasets.shapes import SHAPES
from nascope.datasets.sources import load_dataset
from nascope.datasets.splits import split_indices
from nascope.errors import NascopeError


def test_digits_are_split_for_good():
    dataset = load_dataset("digits", {"source": "digits"})
    assert [len(split) for split in (dataset.train, dataset.valid, dataset.test)] == [1000, 397, 400]
    assert dataset.train.images.shape == (1000, 1, 8, 8)
    assert dataset.train.images.dtype == torch.uint8
    everything = torch.cat([split.images for split in (dataset.train, dataset.valid, dataset.test)])
    assert int(everything.to(torch.int64).sum()) == 15 * 561718  # the sum of all pixels of load_digits()
    for split in (dataset.train, dataset.valid, dataset.test):
        counts = torch.bincount(split.labels)
        assert counts.max() - counts.min() <= 0.15 * counts.max()
    again = load_dataset("digits", {"source": "digits"})
    assert torch.equal(again.valid.images, dataset.valid.images)
    normalised = dataset.normalise(dataset.train.images)
    assert float(normalised.mean()) == pytest.approx(0, abs=1e-5)
    assert float(normalised.std(correction=0)) == pytest.approx(1, abs=1e-5)
    assert (dataset.classes, dataset.channels) == SHAPES["digits"]


def test_nasbench201_split_is_the_official_one(shared_data):
    official = json.loads((shared_data / "cifar10" / "nb201_cifar10_split.json").read_text())
    train, valid = split_indices("nasbench201", 50_000)
    assert train.tolist() == sorted(int(i) for i in official["train"])
    assert valid.tolist() == sorted(int(i) for i in official["valid"])


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [("nasbench201", (50, 50)), ("first_half", (50, 50)), ("first_80", (80, 20)), ("all", (100, 0))],
)
def test_splits_cover_everything_once(kind, sizes):
    train, valid = split_indices(kind, 100)
    assert (len(train), len(valid)) == sizes
    assert sorted([*train, *valid]) == list(range(100))


def test_official_cifar10_files_are_read_offline(cifar10_root):
    dataset = load_dataset("c10", {"source": "cifar10", "root": str(cifar10_root), "split": "nasbench201"})
    assert [len(split) for split in (dataset.train, dataset.valid, dataset.test)] == [25_000, 25_000, 10_000]
    assert dataset.train.images.shape[1:] == (3, 32, 32)
    pixels = dataset.train.join(dataset.valid).images.double() / 255
    assert pixels.mean(dim=(0, 2, 3)).tolist() == pytest.approx(dataset.mean, abs=1e-5)
    assert torch.bincount(dataset.test.labels).tolist() == [1000] * 10


def test_missing_or_damaged_files_are_named(tmp_path, cifar10_root):
    with pytest.raises(NascopeError, match=r"no directory .*nowhere.*datasets\.c10\.root"):
        load_dataset("c10", {"source": "cifar10", "root": str(tmp_path / "nowhere"), "split": "all"})
    with pytest.raises(NascopeError, match="missing, incomplete or not the official"):
        load_dataset("c100", {"source": "cifar100", "root": str(cifar10_root), "split": "all"})


def parameters(count, generator, size, padding):
    return draw(count, size, padding, torch.Generator().manual_seed(generator))


@given(st.integers(0, 10_000), st.integers(0, 4), st.integers(5, 12), st.integers(5, 12))
def test_crop_and_flip_equal_torchvision(seed, padding, height, width):
    images = torch.randint(256, (5, 3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
    drawn = parameters(5, seed, (height, width), padding)
    found = flip(crop(images, drawn, padding), drawn)
    for i in range(5):
        top, left = (int(drawn.top[i]), int(drawn.left[i])) if padding else (0, 0)
        expected = vision.crop(vision.pad(images[i], [padding]), top, left, height, width)
        if drawn.flip[i]:
            expected = vision.hflip(expected)
        assert torch.equal(found[i], expected)


@given(st.integers(0, 10_000), st.integers(1, 9))
def test_cutout_equals_torchvision_erase(seed, length):
    images = torch.rand(4, 2, 8, 8, generator=torch.Generator().manual_seed(seed)) + 0.1
    drawn = parameters(4, seed, (8, 8), 0)
    found = cutout(images, drawn, length)
    for i in range(4):
        top, left = int(drawn.centre_row[i]) - length // 2, int(drawn.centre_column[i]) - length // 2
        first, second = max(top, 0), max(left, 0)
        height, width = min(top + length, 8) - first, min(left + length, 8) - second
        expected = vision.erase(images[i].clone(), first, second, height, width, v=torch.zeros(1))
        assert torch.equal(found[i], expected)


def test_draws_cover_their_ranges_uniformly():
    drawn = parameters(20_000, 0, (8, 8), 2)
    assert torch.bincount(drawn.top).tolist() == pytest.approx([4000] * 5, rel=0.1)
    assert float(drawn.flip.double().mean()) == pytest.approx(0.5, abs=0.02)
    assert set(drawn.centre_row.tolist()) == set(range(8))
    assert isinstance(drawn, AugmentParameters)


def test_unknown_sources_and_splits_are_refused():
    with pytest.raises(NascopeError, match="unknown source"):
        load_dataset("x", {"source": "mnist"})
    with pytest.raises(NascopeError, match="unknown split"):
        split_indices("thirds", 10)
    assert np.array_equal(split_indices("all", 3)[0], [0, 1, 2])
