import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torchvision.transforms import functional as vision

from nascope.datasets.augment import AugmentParameters, crop, cutout, draw, flip
from nascope.datasets.readers import digits
from nascope.datasets.shapes import shape_of, side_of, sizes_of
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.datasets.splits import split_indices
from nascope.errors import NascopeError


def test_digits_are_those_of_scikit_learn_in_its_stratified_split():
    bunch = load_digits()
    labels, places = bunch.target, np.arange(1797)
    rest, train = train_test_split(places, test_size=1000, random_state=0, stratify=labels)
    rest = np.sort(rest)
    test, valid = train_test_split(rest, test_size=397, random_state=0, stratify=labels[rest])
    parts = digits.read(DatasetSpec(source="digits"))
    for part, drawn in ((parts.train, train), (parts.valid, valid), (parts.test, test)):
        chosen = np.sort(drawn)
        assert (part.pixels[:, 0] == 15 * bunch.images[chosen]).all()
        assert (part.labels == labels[chosen]).all()


def test_another_file_of_digits_is_refused(monkeypatch, tmp_path):
    (tmp_path / "digits.csv.gz").write_bytes(b"other")
    monkeypatch.setattr(digits, "_file", lambda: tmp_path / "digits.csv.gz")
    with pytest.raises(NascopeError, match=r"digits\.csv\.gz is not the file that nascope knows"):
        digits.read(DatasetSpec(source="digits"))


def test_digits_are_split_for_good():
    spec = DatasetSpec(source="digits")
    dataset = load_dataset("digits", spec)
    assert [len(split) for split in (dataset.train, dataset.valid, dataset.test)] == [1000, 397, 400]
    assert dataset.train.images.shape == (1000, 1, 8, 8)
    assert dataset.train.images.dtype == torch.uint8
    everything = torch.cat([split.images for split in (dataset.train, dataset.valid, dataset.test)])
    assert int(everything.to(torch.int64).sum()) == 15 * 561718  # the sum of all pixels of load_digits()
    for split in (dataset.train, dataset.valid, dataset.test):
        counts = torch.bincount(split.labels)
        assert counts.max() - counts.min() <= 0.15 * counts.max()
    again = load_dataset("digits", spec)
    assert torch.equal(again.valid.images, dataset.valid.images)
    normalised = dataset.normalise(dataset.train.images)
    assert float(normalised.mean()) == pytest.approx(0, abs=1e-5)
    assert float(normalised.std(correction=0)) == pytest.approx(1, abs=1e-5)
    assert (dataset.classes, dataset.channels) == shape_of(spec) == (10, 1)
    assert dataset.train.images.shape[2] == side_of(spec)
    assert sizes_of(spec) == (1000, 397, 400)
    assert sizes_of(DatasetSpec(source="digits", sizes=(10, 0, 3))) == (10, 397, 3)


def tiny_imagenet(root, classes=("n02", "n01"), per_class=3):
    """A folder in Tiny-ImageNet's layout, JPEGs and all; the mean grey of an image tells its class and number."""
    folder = root / "tiny-imagenet-200"
    (folder / "val" / "images").mkdir(parents=True)
    (folder / "wnids.txt").write_text("\n".join(classes) + "\n")
    lines = []
    for place, name in enumerate(classes):
        (folder / "train" / name / "images").mkdir(parents=True)
        for number in range(per_class):
            grey = 40 + 100 * place + 10 * number
            mode, colour = ("L", grey) if number == 0 else ("RGB", (grey, grey, grey))
            Image.new(mode, (64, 64), colour).save(folder / "train" / name / "images" / f"{name}_{number}.JPEG")
        Image.new("RGB", (64, 64), (0, 0, 200)).save(folder / "val" / "images" / f"val_{place}.JPEG")
        lines.append(f"val_{place}.JPEG\t{name}\t0\t0\t62\t62")
    (folder / "val" / "val_annotations.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_tiny_imagenet_is_read_from_its_folder(tmp_path):
    folder = tiny_imagenet(tmp_path)
    spec = DatasetSpec(source="tiny_imagenet", root=str(tmp_path), split="all")
    dataset = load_dataset("tiny", spec)
    assert (dataset.classes, dataset.channels) == shape_of(spec) == (200, 3)
    assert dataset.train.images.shape == (6, 3, 64, 64)
    # Classes in the order of their names, grey images (some of the real ones are) made colour.
    assert dataset.train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert dataset.train.images.double().mean(dim=(1, 2, 3)).tolist() == pytest.approx(
        [140, 150, 160, 40, 50, 60], abs=1
    )
    assert dataset.test.labels.tolist() == [1, 0]
    assert dataset.test.images[0].double().mean(dim=(1, 2)).tolist() == pytest.approx([0, 0, 200], abs=2)
    assert len(load_dataset("tiny", replace(spec, split="first_80")).valid) == 2
    broken = folder / "train" / "n01" / "images" / "n01_1.JPEG"
    Image.new("RGB", (32, 64)).save(broken)
    with pytest.raises(NascopeError, match=r"n01_1\.JPEG: 32x64 pixels"):
        load_dataset("tiny", spec)
    broken.write_bytes(b"damaged")
    with pytest.raises(NascopeError, match=r"n01_1\.JPEG: not a readable image"):
        load_dataset("tiny", spec)
    (folder / "val" / "val_annotations.txt").write_text("val_0.JPEG\tn03\n")
    with pytest.raises(NascopeError, match=r"val_annotations\.txt, line 1: unknown class 'n03'"):
        load_dataset("tiny", spec)
    with pytest.raises(NascopeError, match=r"wnids\.txt: No such file.*unpack tiny-imagenet-200\.zip in"):
        load_dataset("tiny", replace(spec, root=str(tmp_path / "nowhere")))


def test_a_data_set_can_be_cut_to_sizes():
    whole = load_dataset("digits", DatasetSpec(source="digits"))
    part = load_dataset("digits", DatasetSpec(source="digits", sizes=(100, 0, 50)))
    assert [len(split) for split in (part.train, part.valid, part.test)] == [100, 397, 50]
    assert torch.equal(part.valid.images, whole.valid.images)
    assert torch.equal(
        part.train.images, load_dataset("d", DatasetSpec(source="digits", sizes=(100, 1, 1))).train.images
    )
    assert len(torch.bincount(part.train.labels)) == 10
    with pytest.raises(NascopeError, match="data set 'digits': 401 images asked for, there are 400"):
        load_dataset("digits", DatasetSpec(source="digits", sizes=(0, 0, 401)))


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
    dataset = load_dataset("c10", DatasetSpec(source="cifar10", root=str(cifar10_root)))
    assert [len(split) for split in (dataset.train, dataset.valid, dataset.test)] == [25_000, 25_000, 10_000]
    assert dataset.train.images.shape[1:] == (3, 32, 32)
    pixels = dataset.train.join(dataset.valid).images.double() / 255
    assert pixels.mean(dim=(0, 2, 3)).tolist() == pytest.approx(dataset.mean, abs=1e-5)
    assert torch.bincount(dataset.test.labels).tolist() == [1000] * 10


def test_missing_or_damaged_files_are_named(tmp_path, cifar10_root):
    with pytest.raises(
        NascopeError, match=r"data set 'c10': there is no directory .*nowhere; .*or set its root in the config"
    ):
        load_dataset("c10", DatasetSpec(source="cifar10", root=str(tmp_path / "nowhere")))
    with pytest.raises(NascopeError, match="missing, incomplete or not the official"):
        load_dataset("c100", DatasetSpec(source="cifar100", root=str(cifar10_root)))


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


def test_unknown_splits_are_refused():
    with pytest.raises(NascopeError, match="unknown split"):
        split_indices("thirds", 10)
    assert np.array_equal(split_indices("all", 3)[0], [0, 1, 2])
