import numpy as np
import pytest
import torch

from nascope.datasets.sources import load_dataset
from nascope.errors import NascopeError
from nascope.search.one_level import SearchProtocol, search

CONFIG = {
    "weights": {"channels": 2, "cells": 2, "epochs": 2, "batch_size": 250, "learning_rate": 0.05, "gradient_clip": 3.0},
    "primitives": ["skip_connect", "sep_conv_3x3", "none"],
    "nodes": 2,
    "alpha_learning_rate": 0.01,
}


def test_search_learns_moves_alphas_and_repeats():
    torch.set_num_threads(1)
    dataset = load_dataset("digits", {"source": "digits"})
    protocol = SearchProtocol.from_config("s", CONFIG)
    first, again = (search(dataset, protocol, [3, 4]) for _ in range(2))
    assert first.alphas.equals(again.alphas)
    assert first.curves.equals(again.curves)
    assert (
        first.curves.groupby("seed")["train_loss"].last() < first.curves.groupby("seed")["train_loss"].first()
    ).all()
    alphas = first.alphas.groupby(["seed", "epoch"])["alpha"]
    assert set(first.alphas["epoch"]) == {0, 1, 2}
    assert np.abs(alphas.get_group((3, 0))).max() < 0.01
    assert np.abs(alphas.get_group((3, 2))).max() > 0.01


def test_unknown_keys_are_named():
    with pytest.raises(NascopeError, match="epoch"):
        SearchProtocol.from_config("s", {**CONFIG, "epoch": 1})
