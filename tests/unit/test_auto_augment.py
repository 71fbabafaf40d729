"""AutoAugment's policies are those that StacNAS' code imports."""

import json
from pathlib import Path

import pytest
import torch

from nascope.datasets.augment import auto_augment

FILE = Path(__file__).parents[1] / "fixtures" / "autoaugment_cifar10.json"
PUBLISHED = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_sub_policies_are_the_published_ones():
    found = auto_augment().policies
    for policy, published in zip(found, PUBLISHED["policies"], strict=True):
        for (name, probability, magnitude), (share, operation, level) in zip(policy, published, strict=True):
            assert (name.lower(), probability) == (operation.lower(), share)
            assert magnitude in (None, level)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("operation", ["ShearY", "TranslateX", "TranslateY", "Rotate"])
def test_what_is_uncovered_is_grey(operation, channels):
    augment = auto_augment()
    augment.policies = [((operation, 1.0, 9), (operation, 0.0, 9))]
    found = augment(torch.zeros(channels, 32, 32, dtype=torch.uint8))
    assert found.unique().tolist() == [0, PUBLISHED["fill"][0]]
