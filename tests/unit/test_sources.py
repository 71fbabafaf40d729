"""Further sources of images: Parquet files in the Hugging Face layout, ImageNet16-120's batches, SVHN."""

import hashlib
import io
import pickle
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from scipy.io import savemat

from nascope.datasets.decoding import decode
from nascope.datasets.readers import imagenet16
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.papers.redundancy.studies import published_cells
from nascope.training.protocol import Protocol
from nascope.training.size import parameters_table
from tests.helpers import SHARED, fuzz
from tests.unit.test_damage import damages


def encoded(pixels, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def write(path, images, labels, struct=True):
    content = [{"bytes": image, "path": None} if struct else image for image in images]
    pq.write_table(pa.table({"image": content, "label": labels}), path)


def made(folder, classes=3):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (12, 8, 8, 3), dtype=np.uint8)
    for name, part in (("train-0", range(6)), ("train-1", range(6, 10)), ("test", range(10, 12))):
        write(
            folder / f"{name}.parquet",
            [encoded(pixels[k]) for k in part],
            [k % classes for k in part],
            name != "train-1",
        )
    return pixels


def load(folder, **spec):
    return load_dataset(
        "mine", DatasetSpec(source="parquet", root=str(folder), **{"split": "all", "classes": 3, **spec})
    )


def test_parquet_files_are_read_in_order_with_their_own_statistics(tmp_path):
    pixels = made(tmp_path)
    dataset = load(tmp_path)
    assert torch.equal(dataset.train.images, torch.from_numpy(pixels[:10]).permute(0, 3, 1, 2))
    assert dataset.train.labels.tolist() == [k % 3 for k in range(10)]
    assert dataset.test.labels.tolist() == [1, 2]
    normalised = dataset.normalise(dataset.train.images)
    assert normalised.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0] * 3, abs=1e-5)
    assert normalised.std(dim=(0, 2, 3), correction=0).tolist() == pytest.approx([1] * 3, abs=1e-5)
    assert len(load(tmp_path, split="first_80").valid) == 2
    (tmp_path / "test.parquet").rename(tmp_path / "val.parquet")
    assert len(load(tmp_path).test) == 2


def test_mistakes_in_parquet_files_are_named(tmp_path):
    with pytest.raises(NascopeError, match=r"no train\*\.parquet there"):
        load(tmp_path)
    made(tmp_path)
    with pytest.raises(NascopeError, match=r"train-0\.parquet, row 2: label 2 is not one of the 2 classes"):
        load(tmp_path, classes=2)
    write(tmp_path / "train-1.parquet", [encoded(np.zeros((4, 8, 3), dtype=np.uint8))], [0])
    with pytest.raises(NascopeError, match=r"train-1\.parquet, row 0: 8x4 pixels, the images before it have 8x8"):
        load(tmp_path)
    write(tmp_path / "train-1.parquet", [b"damaged"], [0])
    with pytest.raises(NascopeError, match=r"train-1\.parquet, row 0: not a readable image"):
        load(tmp_path)
    pq.write_table(pa.table({"img": [1]}), tmp_path / "train-1.parquet")
    with pytest.raises(NascopeError, match=r"train-1\.parquet: no column label or fine_label; it has img"):
        load(tmp_path)
    (tmp_path / "train-1.parquet").write_bytes(b"nothing")
    with pytest.raises(NascopeError, match="not a whole Parquet file"):
        load(tmp_path)


@pytest.mark.parametrize("names", [("img", "label"), ("img", "fine_label"), ("image", "fine_label")])
def test_the_hubs_names_of_cifars_columns_are_read(tmp_path, names):
    made(tmp_path)
    expected = load(tmp_path)
    for path in tmp_path.glob("*.parquet"):
        table = pq.read_table(path).rename_columns(names)
        pq.write_table(table.append_column("coarse_label", pa.array([99] * len(table))), path)
    found = load(tmp_path)
    assert torch.equal(found.train.images, expected.train.images)
    assert torch.equal(found.test.labels, expected.test.labels)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (None, ["cat", "dog"], "labels are (large_)?string; needed are whole numbers from 0: number your classes"),
        (None, [0.0, 1.0], "labels are double; needed are whole numbers"),
        (None, [0, None], "row 1: label None is not one of the 3 classes"),
        (["a.png", "b.png"], [0, 1], "images are (large_)?string; needed are encoded images as bytes"),
        ([None, None], [0, 1], "images are null; needed are encoded images"),
        ([{"bytes": "text", "path": "a.png"}] * 2, [0, 1], "images are struct.*needed are encoded images as bytes"),
        ([encoded(np.full((8, 8), 40_000, dtype=np.uint16))] * 2, [0, 1], "row 0: has more than 8 bits per channel"),
        ([encoded(np.ones((8, 8), dtype=np.float32), "TIFF")] * 2, [0, 1], "row 0: has more than 8 bits per channel"),
        ([{"bytes": None, "path": "a.png"}, {"bytes": b"", "path": ""}], [0, 1], "row 0: there is no image"),
        (
            [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n"] * 2,
            [0, 1],
            "row 0: not a readable image .formats: JPEG",
        ),
    ],
)
def test_other_columns_of_parquet_files_are_refused(tmp_path, images, labels, message):
    made(tmp_path)
    content = images or [encoded(np.zeros((8, 8, 3), dtype=np.uint8))] * 2
    pq.write_table(pa.table({"image": content, "label": labels}), tmp_path / "train-0.parquet")
    with pytest.raises(NascopeError, match=rf"train-0\.parquet.*{message}"):
        load(tmp_path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM"])
def test_damaged_images_are_images_or_one_message(kind):
    """Formats without sums give other pixels; the point is that no decoder's own exception comes through."""
    whole = encoded(np.random.default_rng(0).integers(0, 255, (16, 16, 3), dtype=np.uint8), kind)
    count, refused = fuzz(150, 2000), 0
    for content in [*damages(whole, count, random.Random(0)), *(whole[:end] for end in range(0, len(whole), 9))]:
        try:
            assert decode(io.BytesIO(content)).mode == "RGB"
        except NascopeError:
            refused += 1
    assert refused > 10


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared here")
@pytest.mark.parametrize(("name", "classes", "side"), [("cifar100_small", 100, 32), ("tiny_imagenet16_small", 120, 16)])
def test_real_subsets_are_read(name, classes, side):
    dataset = load(SHARED / "data" / name, classes=classes)
    assert dataset.train.images.shape == (60 * classes, 3, side, side)
    assert torch.bincount(dataset.train.labels).tolist() == [60] * classes
    assert len(dataset.test) == {100: 12, 120: 20}[classes] * classes


# ImageNet16-120


@pytest.fixture
def batches(tmp_path, monkeypatch):
    """Batches in the official format, their hashes in the place of the official ones."""
    rng = np.random.default_rng(0)
    for table in (imagenet16.TRAIN, imagenet16.TEST):
        found = {}
        for name in table:
            labels = rng.integers(1, 1001, 40).tolist()
            content = pickle.dumps(
                {"data": rng.integers(0, 255, (40, 768), dtype=np.uint8), "labels": labels, "mean": 0}
            )
            (tmp_path / name).write_bytes(content)
            found[name] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        monkeypatch.setattr(imagenet16, "TRAIN" if len(table) > 1 else "TEST", found)
    return tmp_path


def imagenet16_of(folder):
    return load_dataset("in16", DatasetSpec(source="imagenet16", root=str(folder), split="all"))


def test_batches_are_read_and_classes_beyond_120_left_out(batches):
    dataset = imagenet16_of(batches)
    expected = [pickle.loads((batches / name).read_bytes()) for name in imagenet16.TRAIN]
    labels = np.concatenate([batch["labels"] for batch in expected])
    data = np.concatenate([batch["data"] for batch in expected])[labels <= 120]
    assert dataset.train.labels.tolist() == (labels[labels <= 120] - 1).tolist()
    assert torch.equal(dataset.train.images, torch.from_numpy(data.reshape(-1, 3, 16, 16)))
    assert dataset.classes == 120


def test_real_images_in_the_official_format_are_those_in_parquet(shared_data, tmp_path, monkeypatch):
    images = load(shared_data / "tiny_imagenet16_small", classes=120)
    for split, name in ((images.train, "TRAIN"), (images.test, "TEST")):
        files, found = getattr(imagenet16, name), {}
        for file, part in zip(files, torch.arange(len(split)).chunk(len(files)), strict=True):
            data = split.images[part].flatten(1).numpy()
            content = pickle.dumps({"data": data, "labels": (split.labels[part] + 1).tolist(), "mean": data.mean(0)})
            (tmp_path / file).write_bytes(content)
            found[file] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        monkeypatch.setattr(imagenet16, name, found)
    read = imagenet16_of(tmp_path)
    for ours, theirs in ((read.train, images.train), (read.test, images.test)):
        assert torch.equal(ours.images, theirs.images)
        assert torch.equal(ours.labels, theirs.labels)


def test_other_files_and_code_are_refused(batches, monkeypatch):
    path = batches / "val_data"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(NascopeError, match=r"val_data: MD5 [0-9a-f]{32}, the official file has"):
        imagenet16_of(batches)
    content = pickle.dumps({"data": Path, "labels": [1]})
    path.write_bytes(content)
    monkeypatch.setattr(imagenet16, "TEST", {"val_data": hashlib.md5(content, usedforsecurity=False).hexdigest()})
    with pytest.raises(NascopeError, match=r"val_data: refused, .*it wants to load pathlib"):
        imagenet16_of(batches)
    path.unlink()
    with pytest.raises(NascopeError, match="put the batches of ImageNet16 there"):
        imagenet16_of(batches)


# SVHN


def test_svhn_is_read_from_its_matlab_files(tmp_path, monkeypatch):
    from torchvision.datasets import SVHN

    spec = DatasetSpec(source="svhn", root=str(tmp_path), split="all")
    with pytest.raises(NascopeError, match="lacks the official train_32x32"):
        load_dataset("svhn", spec)
    rng, lists = np.random.default_rng(0), {}
    for split, count in (("train", 9), ("test", 4)):
        pixels = rng.integers(0, 255, (32, 32, 3, count), dtype=np.uint8)
        file = tmp_path / f"{split}_32x32.mat"
        savemat(file, {"X": pixels, "y": np.arange(1, count + 1, dtype=np.uint8)[:, None]})
        lists[split] = ["", file.name, hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()]
    monkeypatch.setattr(SVHN, "split_list", {**SVHN.split_list, **lists})
    dataset = load_dataset("svhn", spec)
    assert dataset.train.images.shape == (9, 3, 32, 32)
    assert torch.equal(dataset.test.images[3], torch.from_numpy(pixels[..., 3]).permute(2, 0, 1))
    assert dataset.train.labels.tolist() == list(range(1, 10))  # ten is the digit zero


def test_parameters_of_a_data_set_of_your_own_count_its_classes():
    study = published_cells("s", cells=("DARTS_V2",), seeds=(0,))
    protocol = Protocol(channels=4, cells=3, epochs=1, batch_size=4, learning_rate=0.1)
    sizes = [
        parameters_table(study, protocol, DatasetSpec(source="parquet", classes=classes))["parameters"].iloc[0]
        for classes in (10, 20)
    ]
    assert sizes[1] - sizes[0] == 10 * (4 * 4 * 4 + 1)
