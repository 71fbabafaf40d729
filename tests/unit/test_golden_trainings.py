"""Numbers of trainings and defaults move only together with NUMERICS, by which results are stored and found."""

import pandas as pd
import pytest
import torch

from nascope.training.numerics import NUMERICS
from tests.golden.cases import CASES
from tests.golden.golden import CURVES, DEFAULTS, WRITE, changed, columns_of, defaults, moved, read

STALE = f"NUMERICS is {NUMERICS}, the file is of {{}}: write new golden curves with {WRITE}"
RAISE = (
    f"raise NUMERICS in src/nascope/training/numerics.py and write new golden curves with {WRITE}, or undo the change"
)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", CASES)
def test_trainings_give_the_golden_curves(name, tmp_path):
    numerics, golden = read(CURVES)
    assert numerics == NUMERICS, STALE.format(numerics)
    assert name in golden, f"no golden curves of {name}: write them with {WRITE}"
    columns = moved(columns_of(CASES[name].curves(tmp_path)), golden[name])
    assert not columns, f"{', '.join(columns)} of {name} moved: {RAISE}"


def test_every_golden_curve_has_its_training():
    assert set(read(CURVES)[1]) == set(CASES), f"write golden curves with {WRITE}"


def test_defaults_are_the_pinned_ones():
    numerics, pinned = read(DEFAULTS)
    assert numerics == NUMERICS, STALE.format(numerics)
    assert not changed(pinned), f"the defaults of {', '.join(changed(pinned))} changed: {RAISE}"
    now = defaults()
    keys = {section: set(values) for section, values in now.items()}
    assert keys == {section: set(values) for section, values in pinned.items()}, f"pin new keys with {WRITE}"


def test_what_counts_as_moved():
    curves = pd.DataFrame({"test_loss": [2.0, float("nan")], "test_accuracy": [50.0, 60.0], "status": ["ok", "ok"]})
    golden = columns_of(curves)
    assert golden["test_loss"] == [2.0, None]
    assert moved(columns_of(curves.assign(test_loss=curves["test_loss"] * (1 + 1e-6))), golden) == []
    assert moved(columns_of(curves.assign(test_loss=curves["test_loss"] * (1 + 1e-4))), golden) == ["test_loss"]
    assert moved(columns_of(curves.assign(test_loss=2.0)), golden) == ["test_loss"]
    assert moved(columns_of(curves.assign(test_accuracy=[53.0, 60.0])), golden) == []
    assert moved(columns_of(curves.assign(test_accuracy=[57.0, 60.0])), golden) == ["test_accuracy"]
    assert moved(columns_of(curves.assign(status="diverged")), golden) == ["status"]
    assert moved(columns_of(curves[:1]), golden) == ["status", "test_accuracy", "test_loss"]
    assert moved(columns_of(curves.drop(columns="status")), golden) == ["status"]


def test_a_changed_default_is_noticed_and_a_new_key_is_not():
    pinned = defaults()
    pinned["protocol"]["momentum"] = 0.8
    del pinned["protocol"]["flip"]
    assert changed(pinned) == ["protocol.momentum"]
