"""What tests of networks share: one thread, and the digits."""

from __future__ import annotations

import pytest
import torch

from nascope.datasets.images import Dataset
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """All images of the digits data set."""
    return load_dataset("digits", DatasetSpec(source="digits"))
