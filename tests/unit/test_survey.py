import pandas as pd
import pytest
import torch
from msgspec import ValidationError
from pandas.testing import assert_frame_equal

from nascope.analysis.geometry import MEASURES, OPTIONS, options_of
from nascope.analysis.survey import survey
from nascope.config.section import section_of
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.loading import load
from nascope.papers.understanding.studies import adapted_cells, connection_variants
from nascope.schemas.catalogue import TABLES
from nascope.training.plan import plan_trainings
from nascope.training.protocol import Protocol
from nascope.training.shards import run_shard
from nascope.training.size import parameters_table
from nascope.training.store import Store

PROTOCOL = Protocol(channels=2, cells=2, epochs=2, batch_size=250, learning_rate=0.05, replicas=2)
SHARED = {"seeds": [1], "points": 4}
ON_IMAGES = {"split": "test", "images": 20, "batch_norm": ["batch", "running"]}
OWN = {
    "landscape": {**ON_IMAGES, "plane": 3, "line": 5, "trajectory": 3},
    "trajectories": {"trajectory": 3},
    "gradients": {**ON_IMAGES, "plane": 3},
    "sharpness": {**ON_IMAGES, "probes": 3},
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two cells with two seeds each in a store, with their weights."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    digits = load_dataset("digits", section_of(DatasetSpec, {"source": "digits"}))
    genotypes = connection_variants("s", cells=("DARTS_V2",), widths=(2,), per_width=1, seeds=(0, 1))
    genotypes = genotypes.assign(weights=True)
    plan = plan_trainings(genotypes, 2, 1)
    trainings = Store(folder, {})
    curves = run_shard(plan, lambda: digits, PROTOCOL, trainings)
    return genotypes, plan, trainings, digits, curves


def asked(kind, **changes):
    return options_of(load(OPTIONS[kind]), {**SHARED, **OWN[kind], **changes})


def measure(kind, trained, folder, function=None, **changes):
    genotypes, plan, trainings, digits, _ = trained
    store = Store(folder, {}, TABLES[kind])
    function = function or load(MEASURES[kind])
    return survey(function, genotypes, plan, trainings, store, digits, PROTOCOL, asked(kind, **changes))


@pytest.mark.parametrize("kind", MEASURES)
def test_every_network_is_measured_once(kind, trained, tmp_path):
    first = measure(kind, trained, tmp_path)
    assert set(first.columns) == set(TABLES[kind].schema().names)
    assert first.groupby("key")["seed"].unique().map(list).tolist() == [[1], [1]]

    def refuse(network, options):
        raise AssertionError("nothing had to be measured")

    columns = list(first.columns)
    assert_frame_equal(measure(kind, trained, tmp_path, refuse)[columns], first, check_dtype=False)


def test_options_are_checked():
    for changes in ({"plane": -1}, {"batch_norm": []}, {"batch_norm": ["batch", "batch"]}, {"studies": {}}):
        with pytest.raises(ValidationError):
            asked("landscape", **changes)


def test_the_centre_of_a_landscape_is_the_trained_network(trained, tmp_path):
    found = measure("landscape", trained, tmp_path, images=0)
    centre = found[(found["batch_norm"] == "running") & (found["directions"] == "plane") & (found["a"] == 0)]
    centre = centre[centre["b"] == 0].set_index("key")
    curves = trained[4]
    last = curves[(curves["seed"] == 1) & (curves["epoch"] == 2)].set_index("key")
    for key in last.index:
        assert centre.loc[key, "loss"] == pytest.approx(last.loc[key, "test_loss"], rel=1e-4)
        assert centre.loc[key, "accuracy"] == pytest.approx(last.loc[key, "test_accuracy"])
    batch = found[(found["batch_norm"] == "batch") & (found["directions"] == "plane")]
    assert not batch["loss"].isin(found.loc[found["batch_norm"] == "running", "loss"]).all()


def test_a_single_image_has_no_batch_statistics(trained, tmp_path):
    found = measure("gradients", trained, tmp_path, plane=1)
    pairs = set(zip(found["batch_norm"], found["batch_size"], strict=True))
    assert pairs == {("batch", 10), ("running", 1), ("running", 10)}
    with pytest.raises(NascopeError, match="at least two images"):
        measure("gradients", trained, tmp_path / "other", batch_sizes=[1])
    with pytest.raises(NascopeError, match="mini-batches of 50 images cannot be cut from 20"):
        measure("gradients", trained, tmp_path / "third", batch_sizes=[50])
    # The variance over mini-batches is about that over images divided by their size.
    running = found[found["batch_norm"] == "running"].pivot(index="key", columns="batch_size", values="variance")
    assert ((running[1] / running[10]).between(3, 100)).all()


def test_seeds_that_were_not_trained_and_lost_weights(trained, tmp_path):
    assert measure("sharpness", trained, tmp_path, seeds=[7]).empty
    lost = (*trained[:2], Store(tmp_path / "empty", {}), *trained[3:])
    with pytest.raises(NascopeError, match=r"seed 1, are no longer in .*--forcerun train"):
        measure("sharpness", lost, tmp_path)


def test_parameters_are_counted_as_the_paper_does():
    protocol = Protocol(channels=36, cells=20, epochs=1, batch_size=1, learning_rate=0.1, auxiliary_weight=0.4)
    genotypes = adapted_cells("s", cells={"DARTS_V2": None}, seeds=(0,))
    for source, expected in {"cifar10": (3.83, 3.90), "cifar100": (3.95, 4.03), "tiny_imagenet": (4.08, 4.16)}.items():
        found = parameters_table(genotypes, protocol, section_of(DatasetSpec, {"source": source}))
        assert isinstance(found, pd.DataFrame)
        assert (found["parameters"] / 1e6).round(2).tolist() == pytest.approx(expected, abs=0.0101)
