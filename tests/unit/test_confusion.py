"""Confusion of mini-batch gradients."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nascope.analysis import inner_products
from nascope.analysis.confusion import Compared, confusion_table
from nascope.analysis.confusion_depth import matched_depth
from nascope.analysis.inner_products import gram_matrix
from nascope.analysis.minibatches import MiniBatches, pairwise
from nascope.config.section import section_of
from nascope.errors import NascopeError
from nascope.search.one_shot import base
from nascope.search.one_shot.one_level import OneLevel
from nascope.search.one_shot.space_spec import SpaceSpec
from nascope.search.one_shot.space_two_input import TwoInputSpace
from nascope.training import trainer
from nascope.training.protocol import Protocol
from tests.killed import killed_after

WEIGHTS = {"channels": 4, "cells": 2, "epochs": 1, "batch_size": 250, "learning_rate": 0.05, "gradient_clip": 3.0}
SPACE = {"nodes": 2, "primitives": ["skip_connect", "sep_conv_3x3"]}
GROUPS = {"skip_connect": ["skip_connect"], "sep_conv_3x3": ["sep_conv_3x3", "sep_conv_5x5"]}


def compared():
    space = TwoInputSpace.of(section_of(SpaceSpec, SPACE))
    weights, final = (section_of(Protocol, {**WEIGHTS, **changes}) for changes in ({}, {"cells": 3, "epochs": 9}))
    return Compared(space, GROUPS, weights, (2, 3), (2,), final)


def test_inner_products_are_those_of_the_vectors_whatever_the_part(tmp_path, monkeypatch):
    vectors = np.random.default_rng(0).normal(size=(5, 1001)).astype(np.float32)
    exact = vectors.astype(float) @ vectors.T.astype(float)
    np.testing.assert_allclose(gram_matrix(iter(vectors), tmp_path / "new"), exact, rtol=1e-12)
    monkeypatch.setattr(inner_products, "_PART_BYTES", 8 * 5 * 7)  # 7 entries of each vector at once
    np.testing.assert_allclose(gram_matrix(iter(vectors), tmp_path), exact, rtol=1e-12)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_pairs_of_gradients():
    gradients = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]])
    found = pairwise(gradients @ gradients.T)
    assert found["confusion"] == pytest.approx(3.0)
    assert found["lowest_cosine"] == pytest.approx(-1.0)
    assert found["mean_cosine"] == pytest.approx(-1 / 3, abs=1e-4)
    assert found["negative"] == pytest.approx(1 / 3)
    assert pairwise(np.array([[1.0, 1.0], [1.0, 2.0]]))["confusion"] == 0


def test_gradients_of_batches_are_those_of_softmax_regression(digits):
    model = nn.Linear(64, 10, bias=False)
    nn.init.zeros_(model.weight)

    def loss(images, labels):
        return F.cross_entropy(model(images.flatten(1)), labels)

    gradients = MiniBatches(digits, 3, 5).gradients(loss, model)
    for gradient, start in zip(gradients, (0, 5, 10), strict=True):
        x = digits.normalise(digits.train.images[start : start + 5]).flatten(1)
        errors = torch.full((5, 10), 0.1) - F.one_hot(digits.train.labels[start : start + 5], 10)
        expected = errors.T @ x / 5
        assert gradient == pytest.approx(expected.flatten().numpy(), abs=1e-5)


def test_all_networks_are_measured(digits, tmp_path):
    table = confusion_table(MiniBatches(digits, 3, 20), compared(), [0], tmp_path)
    networks = [["stage 1", 2], ["stage 1", 3], ["stage 2", 2], ["final", 3]]
    assert table[["network", "cells"]].to_numpy().tolist() == networks
    assert table.equals(confusion_table(MiniBatches(digits, 3, 20), compared(), [0], tmp_path / "other"))
    assert (table["lowest_cosine"] <= table["mean_cosine"]).all()
    with pytest.raises(NascopeError, match="needs 2000 training images, 'digits' has 1000"):
        confusion_table(MiniBatches(digits, 100, 20), compared(), [0], tmp_path)


@pytest.mark.parametrize("at", [3, 6, 10])
def test_a_job_that_is_killed_in_a_search_repeats_nothing(digits, tmp_path, monkeypatch, at):
    """Four steps for each of the three supernets."""
    batches = MiniBatches(digits, 3, 20)
    expected = confusion_table(batches, compared(), [0], tmp_path / "whole")
    monkeypatch.setattr(base, "_CHECKPOINT_SECONDS", -1.0)
    step = OneLevel.train_step
    monkeypatch.setattr(OneLevel, "train_step", killed_after(step, at))
    with pytest.raises(KeyboardInterrupt):
        confusion_table(batches, compared(), [0], tmp_path)
    monkeypatch.setattr(OneLevel, "train_step", killed_after(step, 12 - at))
    pd.testing.assert_frame_equal(confusion_table(batches, compared(), [0], tmp_path), expected, check_exact=True)


def test_a_job_that_is_killed_in_the_final_training_repeats_nothing(digits, tmp_path, monkeypatch):
    batches = MiniBatches(digits, 3, 20)
    expected = confusion_table(batches, compared(), [0], tmp_path / "whole")
    monkeypatch.setattr(trainer, "_CHECKPOINT_SECONDS", -1.0)
    step = trainer.Trainer._train_step
    monkeypatch.setattr(trainer.Trainer, "_train_step", killed_after(step, 2))
    with pytest.raises(KeyboardInterrupt):
        confusion_table(batches, compared(), [0], tmp_path)
    monkeypatch.setattr(OneLevel, "train_step", None)
    monkeypatch.setattr(trainer.Trainer, "_train_step", killed_after(step, 2))
    pd.testing.assert_frame_equal(confusion_table(batches, compared(), [0], tmp_path), expected, check_exact=True)
    monkeypatch.setattr(trainer.Trainer, "_train_step", None)
    pd.testing.assert_frame_equal(confusion_table(batches, compared(), [0], tmp_path), expected, check_exact=True)


def test_depths_are_matched_to_the_final_network():
    made = pd.DataFrame(
        {
            "network": ["stage 1"] * 4 + ["stage 2", "final"],
            "cells": [2, 3, 2, 3, 5, 5],
            "mean_cosine": [0.9, 0.5, 0.7, 0.5, 0.1, 0.45],
        }
    )
    chosen = matched_depth(made)
    assert chosen["chosen"].tolist() == [False, True, True]
    assert chosen["distance"].tolist() == pytest.approx([0.35, 0.05, 0.35])
