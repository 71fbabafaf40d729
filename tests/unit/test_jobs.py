"""What the papers' jobs are given, and what their checkpoints are found by."""

import pytest

from nascope.errors import NascopeError
from nascope.papers.nasbench201 import jobs as nasbench201
from nascope.papers.redundancy import jobs as redundancy
from nascope.papers.stacnas import jobs as stacnas
from nascope.papers.understanding import jobs as understanding
from tests.unit.test_plan import plan_of

CODES = dict.fromkeys(("StacNAS", "DARTS-V1", "GDAS", "PC-DARTS", "RSPS"), "code")


def searched(key, value):
    return {"nasbench201": {"one_shot": {key: value}}}


def test_shards_of_one_shot_searches_share_the_seeds():
    plan = plan_of(searched("shards", 2), "nasbench201")
    seeds = [seed for shard in range(2) for seed in nasbench201.one_shot_job(plan, "GDAS", shard)["seeds"]]
    assert sorted(seeds) == [0, 1]
    assert len(nasbench201.one_shot_tables(plan)) == 12


def test_an_algorithms_own_protocol_and_settings_are_merged():
    job = nasbench201.one_shot_job(plan_of(paper="nasbench201"), "DARTS-V2")
    assert job["weights"]["epochs"] == 2
    assert job["weights"]["learning_rate"] == 0.1
    assert job["part"] == "nascope.search.one_shot.darts:DartsV2"


@pytest.mark.parametrize(
    ("overlay", "moves"),
    [
        (searched("weights", {"momentum": 0.8}), True),
        (searched("weights", {"momentum": 0.9}), False),  # its default
        (searched("nodes", 4), True),
        (searched("algorithms", {"RSPS": {"settings": {"candidates": 7}}}), True),
        (searched("algorithms", {"GDAS": {"weights": {"epochs": 9}}}), False),
        (searched("seeds", [5]), False),
        ({"datasets": {"digits": {"sizes": [100, 100, 100]}}}, True),
    ],
)
def test_one_shot_checkpoints_follow_what_decides_them(overlay, moves):
    before, after = (nasbench201.one_shot_store(plan_of(one, "nasbench201"), "RSPS", "code") for one in (None, overlay))
    assert (before != after) == moves


def stores(overlay=None, **codes):
    return stacnas.cell_search_stores(plan_of(overlay, "stacnas"), "s2", {**CODES, **codes})


def moved(before, after):
    return {name for name in before if before[name] != after[name]}


def test_checkpoints_of_cell_searches_follow_their_own_algorithm():
    assert moved(stores(), stores(GDAS="other code")) == {"GDAS"}
    own = {"stacnas": {"searches": {"algorithms": {"RSPS": {"settings": {"candidates": 3}}}}}}
    assert moved(stores(), stores(own)) == {"RSPS"}
    more = {"stacnas": {"searches": {"algorithms": {"DARTS-V2": {}}}}}
    assert moved(stores(), stores(more, **{"DARTS-V2": "code"})) == set()
    assert moved(stores(), stores({"stacnas": {"searches": {"weights": {"epochs": 3}}}})) == set(CODES)


def test_every_pair_of_algorithm_and_seed_is_searched_once():
    plan = plan_of({"stacnas": {"searches": {"shards": 3}}}, "stacnas")
    pairs = [tuple(pair) for shard in range(3) for pair in stacnas.cell_search_job(plan, "s2", shard)["pairs"]]
    assert sorted(pairs) == sorted((name, seed) for name in CODES for seed in (0, 1))


def test_measurements_follow_their_options_but_not_their_memory():
    def store(geometry=None):
        plan = plan_of({"understanding": {"geometry": geometry or {}}}, "understanding")
        return understanding.geometry_store(plan, "sharpness", "darts_connections", "code")

    assert store({"points": 3}) == store()
    assert store({"shards": 3}) == store()
    assert store({"seeds": [0, 1]}) == store()  # each training has a file of its own
    assert store({"measures": {"sharpness": {"probes": 3}}}) != store()
    assert store({"draw_seed": 3}) != store()


def test_a_studys_own_options_of_a_measure_win():
    overlay = {"measures": {"sharpness": {"studies": {"darts_connections": {"probes": 11}}}}}
    plan = plan_of({"understanding": {"geometry": overlay}}, "understanding")
    assert understanding.geometry_job(plan, "sharpness", "darts_connections")["options"]["probes"] == 11


def test_the_surrogate_learns_from_what_does_not_wait_for_it():
    own = {"surrogate": {"architectures": "own"}}
    plan = plan_of({"studies": {"removal": {"protocol": "digits_darts"}}, "redundancy": own})
    inputs = redundancy.architectures_inputs(plan)
    assert "results/genotypes/removal.parquet" not in inputs["genotypes"]
    assert "results/genotypes/pattern_groups.parquet" in inputs["genotypes"]
    archive = plan_of({"redundancy": {"surrogate": {"architectures": "nb301.zip"}}})
    assert redundancy.architectures_inputs(archive) == {"genotypes": [], "trainings": [], "file": ["nb301.zip"]}


def test_curves_that_a_wide_table_lacks_are_refused():
    chosen = {"table": "mine.csv", "histories": "published"}
    with pytest.raises(NascopeError, match=r"nasbench201\.histories: mine\.csv has no curves to be 'published'"):
        nasbench201.check(plan_of({"nasbench201": chosen}, "nasbench201"))
    nasbench201.check(plan_of({"nasbench201": {**chosen, "histories": "own"}}, "nasbench201"))
