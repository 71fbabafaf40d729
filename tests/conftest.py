"""Fixtures of all tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tests.helpers import LONG, SHARED

# `NASCOPE_FUZZ=long pytest ...`: many examples instead of a few, and other ones each time.
settings.register_profile("nascope", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=2000)
settings.load_profile("long" if LONG else "nascope")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; the product never needs them."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: this test compares with data that are not shipped")
    return folder


@pytest.fixture(scope="session")
def cifar10_root(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official CIFAR-10 python files, rebuilt byte for byte (about 180 MB)."""
    root = tmp_path_factory.mktemp("cifar10")
    subprocess.run([sys.executable, shared_data / "make_cifar10.py", root], check=True, capture_output=True)
    return root


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
