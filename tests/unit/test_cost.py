"""What a run will cost: steps counted by hand, and timed."""

import pytest
import yaml
from msgspec.structs import replace
from snakemake.utils import update_config

from nascope.config.section import section_of
from nascope.datasets.shapes import side_of, sizes_of
from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.loading import load
from nascope.papers.call import called
from nascope.papers.registry import declared
from nascope.workflow.cost.noise import random_images
from nascope.workflow.cost.summary import summary
from nascope.workflow.cost.table import estimate, works_of
from nascope.workflow.model import EstimateOptions
from nascope.workflow.outputs import study_job
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.helpers import ROOT


def configured(*overlays):
    """The configuration with overlays: names of files in config/, or dictionaries."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    for overlay in overlays:
        values = overlay if isinstance(overlay, dict) else yaml.safe_load((ROOT / "config" / overlay).read_text())
        update_config(config, values)
    return read_config(config)


def drawn(config):
    """Genotypes of the studies that wait for no result."""
    declared()
    plan = plans(config)["nasbench201"]
    jobs = {name: study_job(plan, name) for name in config.studies if not plan.drawn_from(name)}
    return {
        name: called(load(job["function"]), {}, {"study": name, **job["options"]}).assign(weights=False)
        for name, job in jobs.items()
    }


def by_part(config, genotypes):
    return {(work.paper, work.part): work for work in works_of(config, genotypes)}


@pytest.fixture(scope="module")
def default():
    return configured()


@pytest.fixture(scope="module")
def genotypes(default):
    return drawn(default)


@pytest.fixture(scope="module")
def works(default, genotypes):
    return by_part(default, genotypes)


def given(config, genotypes, seconds):
    """The configuration with a time for every step."""
    names = {work.timed for work in works_of(config, genotypes)}
    return replace(config, estimate=EstimateOptions(steps=1, seconds=dict.fromkeys(names, seconds)))


def test_trainings_are_counted_by_study(works):
    space = works["nasbench201", "three_node_space"]
    # 65 functions of three nodes, two seeds in a network; 1,000 images in steps of 64, and 797 evaluated.
    assert (space.networks, space.epochs) == (65, 8)
    assert space.step.per_epoch == pytest.approx(16 + 797 / 3 / 64)
    # Cells, orders and steps; spaces, algorithms and seeds.
    assert works["redundancy", "removal"].networks == 3 * (1 + 2 * 2)
    assert works["stacnas", "found"].networks == 2 * 5 * 2
    assert 0.5 < works["understanding", "darts_connections"].relative < 2


def test_searches_are_counted_by_algorithm_and_stage(works):
    parts = {part: work for (_, part), work in works.items()}
    assert parts["ENAS"].networks == 2 * parts["GDAS"].networks == 4
    assert {"darts StacNAS, stage 1", "darts StacNAS, stage 2", "s2 RSPS"} <= set(parts)
    assert parts["GDAS"].step.per_epoch == 32
    # Stage 1 has a representative of each group; which members stage 2 has is known when stage 1 is done.
    assert parts["darts StacNAS, stage 1"].step.space.choices[0] == (
        "max_pool_3x3",
        "skip_connect",
        "sep_conv_3x3",
        "dil_conv_3x3",
        "none",
    )
    assert len(parts["darts StacNAS, stage 2"].step.space.choices[0]) == 8


def test_operator_searches_and_confusion_are_counted_with_every_depth_and_seed(works):
    operators = works["stacnas", "operator features"]
    assert (operators.networks, operators.epochs, operators.step.per_epoch) == (4, 2, 16)
    confusion = {part: work for (_, part), work in works.items() if part.startswith("confusion")}
    assert {part: work.step.protocol.cells for part, work in confusion.items()} == {
        "confusion, stage 1, 3 cells": 3,
        "confusion, stage 1, 5 cells": 5,
        "confusion, stage 2, 3 cells": 3,
        "confusion, final network": 5,
    }
    final = confusion["confusion, final network"]
    # As many epochs as the supernets, one seed by itself where the protocol trains two side by side.
    assert (final.epochs, final.timed) == (1, "digits.digits_final")
    assert final.relative == pytest.approx(2**-0.6)


def test_groups_that_are_measured_leave_stage_1_with_all_candidates(genotypes):
    works = by_part(configured({"stacnas": {"searches": {"groups": "measured"}}}), genotypes)
    for part in ("darts StacNAS, stage 1", "confusion, stage 1, 3 cells"):
        assert len(works["stacnas", part].step.space.choices[0]) == 8


def test_a_study_is_counted_for_the_papers_that_name_it_and_the_users_own_last(default):
    own = {
        "studies": {
            # Named in a list, as a key, and by nobody.
            "more": {**default.studies["adapted"].given(), "options": {"cells": {"ENAS": None}, "seeds": [0]}},
            "looked_at": default.studies["published"].given(),
            "mine": default.studies["published"].given(),
        },
        "understanding": {
            "generalisation": ["adapted", "more"],
            "geometry": {"measures": {"sharpness": {"studies": {"looked_at": {}}}}},
        },
        # Words that are no studies.
        "nasbench201": {"histories": "published", "one_shot": {"oracle": "published"}},
        "redundancy": {"evaluated": ["pattern_groups", "published", "adapted"]},
    }
    config = configured(own)
    genotypes = drawn(config)
    works = works_of(config, genotypes)
    assert {work.paper for work in works if work.part in ("more", "looked_at")} == {"understanding"}
    assert [work.paper for work in works if work.part == "adapted"] == ["understanding", "redundancy"]
    assert [work.paper for work in works if work.part == "published"] == ["redundancy"]
    order = list(dict.fromkeys(work.paper for work in works))
    assert order == ["nasbench201", "understanding", "stacnas", "redundancy", "other"]
    assert [work.part for work in works if work.paper == "other"] == ["mine"]
    text = summary(estimate(given(config, genotypes, 1.0), genotypes, device="none", name=""))
    assert [line.partition(":")[0] for line in text.splitlines() if not line.startswith(" ")] == [*order, "in all"]


def test_given_times_are_used_and_nothing_is_measured(default, genotypes):
    table = estimate(given(default, genotypes, 36.0), genotypes, device="none", name="nothing")
    assert set(table["source"]) == {"given"}
    row = table[table["part"] == "removal"].iloc[0]
    assert row["hours"] == pytest.approx(15 * 3 * (16 + 797 / 3 / 64) * 36 / 3600 * row["relative_cost"])
    text = summary(table)
    for paper, hours in table.groupby("paper")["hours"].sum().items():
        assert f"{paper}: {hours:,.1f} device-hours" in text
    assert text.splitlines()[-1].endswith("device-hours, without landscapes, gradients and Hessian")


def test_steps_are_timed_on_the_device(default, genotypes):
    chosen = {"digits.digits_darts", "one_shot.GDAS", "s2.RSPS.1", "s2.PC-DARTS.1", "operators", "confusion.stage_1.3"}
    seconds = {name: 1.0 for name in {work.timed for work in works_of(default, genotypes)} - chosen}
    config = replace(default, estimate=EstimateOptions(steps=1, seconds=seconds))
    table = estimate(config, genotypes, device="cpu", name="x")
    measured = table[table["source"] == "measured on x"]
    assert set(measured["timed"]) == chosen
    assert measured["seconds"].between(1e-4, 30).all()
    assert (measured.groupby("timed")["seconds"].nunique() == 1).all()


def test_studies_of_a_kind_whose_options_do_not_say_how_many_are_shown_as_unknown(default, genotypes):
    table = estimate(given(default, genotypes, 36.0), genotypes, device="none", name="")
    table.loc[table["part"] == "removal", ["networks", "hours"]] = 0
    assert "?  removal: how many networks is not known" in summary(table)


def test_data_sets_have_the_extents_that_their_files_have():
    spec = section_of(DatasetSpec, {"source": "digits"})
    digits = load_dataset("digits", spec)
    assert digits.train.images.shape[2] == side_of(spec)
    assert (len(digits.train), len(digits.valid), len(digits.test)) == sizes_of(spec)
    noise = random_images(section_of(DatasetSpec, {"source": "cifar100"}), 4)
    assert (noise.train.images.shape, noise.classes) == ((4, 3, 32, 32), 100)


def test_papers_config_is_counted_whole():
    # One whole space of four nodes is enough: the others have the same functions.
    others = ("space_cifar10", "space_cifar100", "space_imagenet16", "space_short")
    config = configured("paper.yaml", {"studies": {name: {"options": {"nodes": 3}} for name in others}})
    works = by_part(config, drawn(config))
    assert {paper for paper, _ in works} == {"nasbench201", "understanding", "redundancy", "stacnas"}
    # Each function of the whole space once, with three seeds.
    assert 3 * 5000 < works["nasbench201", "three_node_space"].networks < 3 * 6466
    assert works["redundancy", "pattern_groups"].networks >= 400
    # Supernets whose gradients are compared: 782 steps in 80 epochs, three and two depths, three seeds.
    supernets = [work for work in works.values() if work.timed.startswith("confusion")]
    assert sum(work.networks * work.epochs * work.step.per_epoch for work in supernets) == 938_400
    assert sum(work.hours(36) for work in supernets) == pytest.approx(9_384)
