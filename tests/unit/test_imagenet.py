"""The mobile setting: images in files, its crops, stem, auxiliary head and schedule, and StacNAS' training tricks."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, PILToTensor, Resize

from nascope.datasets.crops import draw_box, jitter, resized_crop
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.networks.skeletons import build_network, count_parameters
from nascope.spaces.published import published_cell
from nascope.training.batches import Batches
from nascope.training.protocol import Protocol
from nascope.training.trainer import Trainer

SIZES = ((300, 400), (256, 256), (500, 260), (100, 90))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """ImageNet's layout: noise whose red channel tells the class."""
    root, rng = tmp_path_factory.mktemp("imagenet"), np.random.default_rng(0)
    for part, count in (("train", 4), ("val", 2)):
        for label, name in enumerate(("n01", "n02", "n03")):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = rng.integers(0, 255, (*SIZES[number % 4][::-1], 3), dtype=np.uint8)
                pixels[..., 0] = 20 + 100 * label
                Image.fromarray(pixels).save(root / part / name / f"{name}_{number}.JPEG", quality=95)
    return root


def protocol(**changes):
    values = {"channels": 4, "cells": 3, "epochs": 2, "batch_size": 4, "learning_rate": 0.1, "stem_stride": 8}
    return Protocol(**{**values, "resized_crop": True, "jitter": True, "flip": True, **changes})


def load(folder, split="all"):
    return load_dataset("in", DatasetSpec(source="imagenet", root=str(folder), split=split))


def test_images_stay_in_files_and_are_cropped_as_torchvision_does(folder):
    dataset = load(folder)
    assert dataset.train.images.shape == (12, 3, 224, 224)
    assert dataset.train.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    expected = Compose([Resize(256), CenterCrop(224), PILToTensor()])
    for number, path in enumerate(dataset.test.images.paths):
        with Image.open(path) as image:
            theirs = expected(image.convert("RGB")).int()
        ours = dataset.test.images[torch.tensor([number])][0].int()
        assert (ours - theirs).abs().float().mean() < 1
    assert torch.equal(dataset.train.images[2:4], dataset.train.take(torch.tensor([2, 3])).images[:9])
    assert len(load(folder, "first_80").valid) == 3
    assert dataset.train.join(dataset.test).images.shape[0] == 18


def test_missing_folders_and_damaged_files_are_named(folder, tmp_path):
    with pytest.raises(NascopeError, match=r"train: no such directory; it should hold a folder"):
        load(tmp_path)
    for part in ("train", "val"):
        (tmp_path / part / "n01").mkdir(parents=True)
    with pytest.raises(NascopeError, match="no images below its folders"):
        load(tmp_path)
    for part in ("train", "val"):
        (tmp_path / part / "n01" / "a.JPEG").write_bytes(b"damaged")
    with pytest.raises(NascopeError, match=r"a\.JPEG: not a readable image"):
        load(tmp_path).train.images[:1]


def test_boxes_have_the_areas_and_ratios_of_the_recipe():
    rng = np.random.default_rng(0)
    boxes = np.array([draw_box(400, 300, rng) for _ in range(2000)])
    widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    areas, ratios = widths * heights / 120000, widths / heights
    assert boxes[:, :2].min() >= 0
    assert boxes[:, 2].max() <= 400
    assert boxes[:, 3].max() <= 300
    assert areas.min() > 0.07
    assert areas.max() > 0.9
    assert 0.73 < ratios.min() < ratios.max() < 1.36
    # No box fits a strip: the largest in the middle.
    assert draw_box(1000, 10, rng) == (493, 0, 506, 10)


def test_a_batch_is_a_function_of_seed_epoch_and_step(folder):
    dataset = load(folder)

    def batch(seeds, epoch=0, step=0, **changes):
        return Batches(dataset, dataset.train, protocol(**changes), seeds, epoch)[step]

    first = batch([3, 7])
    assert first.images.shape == (4, 6, 224, 224)
    assert torch.equal(first.images, batch([3, 7]).images)
    assert torch.equal(first.images[:, 3:], batch([7]).images)
    assert not torch.equal(first.images, batch([3, 7], epoch=1).images)
    assert not torch.equal(first.images, batch([3, 7], jitter=False).images)
    whole = list(Batches(dataset, dataset.train, protocol(), [0], 0).from_step(1))
    assert len(whole) == 2
    assert torch.equal(whole[1].images, batch([0], step=2).images)
    digits = load_dataset("digits", DatasetSpec(source="digits"))
    with pytest.raises(NascopeError, match=r"'digits': resized_crop is for images in files"):
        Batches(digits, digits.train, protocol(), [0], 0)[0]


def test_jitter_changes_colours_and_not_places():
    image = Image.fromarray(np.full((8, 8, 3), (200, 80, 80), dtype=np.uint8))
    images = [np.asarray(jitter(image, np.random.default_rng(seed))).astype(int) for seed in range(50)]
    assert all((picture == picture[0, 0]).all() for picture in images)
    assert np.ptp([picture[0, 0] for picture in images], axis=0).min() > 50
    assert resized_crop(image, 5, np.random.default_rng(0)).size == (5, 5)


@pytest.mark.parametrize(("cell", "millions"), [("DARTS_V2", 4.718752), ("PDARTS", 4.9), ("PC_DARTS_image", 5.3)])
def test_parameters_are_those_of_the_published_networks(cell, millions):
    shape = {"channels": 48, "cells": 14, "classes": 1000, "in_channels": 3, "stem_stride": 8}
    assert count_parameters(published_cell(cell).genotype, **shape) / 1e6 == pytest.approx(millions, abs=0.05)


def test_the_network_sees_a_seventh_of_a_thirty_second(folder):
    shape = {"channels": 2, "cells": 3, "classes": 1000, "in_channels": 3, "stem_stride": 8, "auxiliary": True}
    network = build_network(published_cell("DARTS_V2").genotype, **shape, replicas=2)
    older, newer = network.stem(torch.randn(2, 6, 224, 224))
    assert older.shape == (2, 4, 56, 56)
    assert newer.shape == (2, 4, 28, 28)
    logits, auxiliary = network(torch.randn(2, 6, 224, 224))
    assert logits.shape == auxiliary.shape == (2, 2, 1000)
    norms = sum(isinstance(layer, torch.nn.BatchNorm2d) for layer in network.auxiliary.modules())
    assert norms == 1


def test_a_training_on_files_resumes_and_repeats(folder):
    dataset = load(folder)
    how = protocol(channels=2, auxiliary_weight=0.4, label_smoothing=0.1)
    curves = Trainer(published_cell("StacNAS_imagenet").genotype, dataset, how, [0]).run()
    assert np.isfinite(curves[["train_loss", "test_loss"]].to_numpy()).all()
    again = Trainer(published_cell("StacNAS_imagenet").genotype, dataset, how, [0]).run()
    assert curves.equals(again)


def test_the_linear_schedule_bends_five_epochs_before_its_end():
    rates = protocol(schedule="linear", epochs=10)
    assert [rates.learning_rate_at(epoch) for epoch in range(10)] == pytest.approx(
        [0.1, 0.08, 0.06, 0.04, 0.02, 0.02, 0.016, 0.012, 0.008, 0.004]
    )
    with pytest.raises(ValueError, match="linear schedule needs more than 5 epochs"):
        protocol(schedule="linear", epochs=5)


def test_power_annealing_is_stacnas_own():
    rates = protocol(anneal_power=2.0, epochs=8, final_learning_rate=0.01)

    def theirs(epoch):  # CosinePowerAnnealingLR of its repository
        t = (1 + np.cos(np.pi * epoch / 8)) / 2
        return 0.01 + 0.09 * (2 ** (t + 1) - 2) / (2**2 - 2)

    assert [rates.learning_rate_at(epoch) for epoch in range(8)] == pytest.approx([theirs(e) for e in range(8)])
    # Power one is torch's cosine.
    plain = protocol(epochs=8)
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 8)
    for epoch in range(8):
        assert plain.learning_rate_at(epoch) == pytest.approx(optimiser.param_groups[0]["lr"])
        optimiser.step()
        cosine.step()


def test_policies_repeat_and_leave_the_global_generator_alone():
    digits = load_dataset("digits", DatasetSpec(source="digits"))
    how = Protocol(channels=4, cells=3, epochs=1, batch_size=50, learning_rate=0.1, auto_augment=True)

    def batch(seeds):
        return Batches(digits, digits.train, how, seeds, 0)[0].images

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    both = batch([1, 2])
    assert torch.rand(1) == expected
    assert torch.equal(both, batch([1, 2]))
    assert torch.equal(both[:, 1:], batch([2]))
    plain = Protocol(channels=4, cells=3, epochs=1, batch_size=50, learning_rate=0.1)
    unchanged = (both == Batches(digits, digits.train, plain, [1, 2], 0)[0].images).flatten(2).all(dim=2)
    assert 0 < unchanged.float().mean() < 0.6
