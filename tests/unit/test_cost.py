"""What a run will cost: steps counted by hand, and timed."""

import pytest
import torch

from nascope.analysis.cost import cell_searches, estimate, one_shot_searches, random_images, summary, trainings
from nascope.datasets.shapes import EXTENTS, SHAPES
from nascope.datasets.sources import load_dataset
from nascope.studies import build_study
from tests.helpers import filled_config


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def default():
    return filled_config()


def drawn(config):
    """Genotypes of the studies that wait for no training."""
    studies = {
        name: study
        for name, study in config["studies"].items()
        if study["kind"] not in ("successive_removal", "found_cells")
    }
    return {name: build_study(name, study["kind"], study["options"], weights=False) for name, study in studies.items()}


@pytest.fixture(scope="module")
def genotypes(default):
    return drawn(default)


def test_trainings_are_counted_by_study(default, genotypes):
    works = {(work.paper, work.part): work for work in trainings(default, genotypes)}
    space = works["nasbench201", "three_node_space"]
    # 65 functions of three nodes, two seeds in a network; 1,000 images in steps of 64, and 797 evaluated.
    assert (space.networks, space.epochs) == (65, 8)
    assert space.steps == pytest.approx(16 + 797 / 3 / 64)
    # Cells, orders and steps; spaces, algorithms and seeds.
    assert works["redundancy", "removal"].networks == 3 * (1 + 2 * 2)
    assert works["stacnas", "found"].networks == 2 * 5 * 2
    assert 0.5 < works["understanding", "darts_connections"].relative < 2


def test_searches_are_counted_by_algorithm_and_stage(default):
    works = {work.part: work for work in [*one_shot_searches(default), *cell_searches(default)]}
    assert works["ENAS"].networks == 2 * works["GDAS"].networks == 4
    assert {"darts StacNAS, stage 1", "darts StacNAS, stage 2", "s2 RSPS"} <= set(works)
    assert works["GDAS"].steps == 32


def test_given_times_are_used_and_nothing_is_measured(default, genotypes):
    works = [*trainings(default, genotypes), *one_shot_searches(default), *cell_searches(default)]
    given = {**default, "estimate": {"steps": 1, "seconds": {work.timed: 36.0 for work in works}}}
    table = estimate(given, genotypes, device="none", name="nothing")
    assert set(table["source"]) == {"given"}
    row = table[table["part"] == "removal"].iloc[0]
    assert row["hours"] == pytest.approx(15 * 3 * (16 + 797 / 3 / 64) * 36 / 3600 * row["relative_cost"])
    text = summary(table)
    for paper, hours in table.groupby("paper")["hours"].sum().items():
        assert f"{paper}: {hours:,.1f} device-hours" in text


def test_steps_are_timed_on_the_device(default, genotypes):
    works = [*trainings(default, genotypes), *one_shot_searches(default), *cell_searches(default)]
    chosen = {"digits.digits_darts", "one_shot.GDAS", "s2.RSPS.1"}
    seconds = {work.timed: 1.0 for work in works if work.timed not in chosen}
    table = estimate({**default, "estimate": {"steps": 1, "seconds": seconds}}, genotypes, device="cpu", name="x")
    measured = table[table["source"] == "measured on x"]
    assert set(measured["timed"]) == chosen
    assert measured["seconds"].between(1e-4, 30).all()
    assert (measured.groupby("timed")["seconds"].nunique() == 1).all()


def test_sources_have_the_extents_that_their_files_have():
    assert set(EXTENTS) == {*SHAPES, "parquet"}
    digits = load_dataset("digits", {"source": "digits"})
    side, train, test = EXTENTS["digits"]
    assert digits.train.images.shape[2] == side
    assert (len(digits.train) + len(digits.valid), len(digits.test)) == (train, test)
    noise = random_images({"source": "cifar100"}, 4)
    assert (noise.train.images.shape, noise.classes) == ((4, 3, 32, 32), 100)


def test_papers_config_is_counted_whole():
    config = filled_config("paper")
    genotypes = drawn(config)
    works = [*trainings(config, genotypes), *one_shot_searches(config), *cell_searches(config)]
    given = {"steps": 1, "seconds": {work.timed: 0.1 for work in works}}
    table = estimate({**config, "estimate": given}, genotypes, device="none", name="").set_index("part")
    assert set(table["paper"]) == {"nasbench201", "understanding", "redundancy", "stacnas"}
    # Functions of the whole space, less those that ignore the image, which are answered at once; three seeds each.
    assert 3 * 5000 < table.loc["three_node_space", "networks"] < 3 * 6466
    assert table.loc["pattern_groups", "networks"] >= 400
