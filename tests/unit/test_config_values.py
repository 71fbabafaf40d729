"""Values in the configuration that their plain types would let pass, each refused by one message when it is read."""

import os.path

import pytest

from nascope.errors import NascopeError
from nascope.spaces.given import given_cell
from nascope.spaces.published import published_cell
from nascope.spaces.wirings import wiring_distribution
from nascope.workflow import outputs
from nascope.workflow.check import check_config
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.unit.test_config import merged

NAN, INF = float("nan"), float("inf")
NB201 = "|nor_conv_3x3~0|+|none~0|skip_connect~1|"


def read(overlay):
    config = read_config(merged(overlay))
    check_config(config)
    return config


def refused(overlay, message):
    with pytest.raises(NascopeError, match=message) as error:
        read(overlay)
    assert str(error.value).startswith("config, ")
    assert len(str(error.value)) <= 500


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("published", {"seeds": 3}, "options.seeds: Expected a list, got `int`, not 3"),
        ("published", {"cells": ["DARTS_V3"]}, "options.cells: .*'DARTS_V3'.*did you mean 'DARTS_V2'"),
        ("published", {"cells": ["DARTS_V2", "DARTS_V2"]}, "options.cells: 'DARTS_V2' is given more than once"),
        ("published", {"cells": [NB201]}, "options.cells: .*two-input cell is needed"),
        ("published", {"cells": ["Genotype(normal=["]}, "options.cells: malformed genotype"),
        ("operations", {"cells": []}, "options.cells: Expected a list of length >= 1"),
        ("operations", {"variants": -1}, "options.variants: Expected `int` >= 1, not -1"),
        ("darts_connections", {"widths": [1.1]}, "options.widths: .*multiple of 0.5, not .1.1."),
        ("darts_connections", {"widths": [0.5]}, "options.widths: .*>= 1"),
        ("darts_connections", {"widths": [4.5]}, "no wiring is 4.5c wide; the widest wiring of DARTS_V2 has 4c"),
        ("darts_connections", {"widths": [INF]}, "options.widths"),
        ("adapted", {"cells": {"DARTS_V3": None}}, "options.cells: .*did you mean 'DARTS_V2'"),
        ("adapted", {"cells": {"DARTS_V2": "DARTS_ADAP"}}, "options.cells.DARTS_V2: .*did you mean 'DARTS_ADAPT'"),
        ("edge_operators", {"cell": "StacNAS"}, "options.cell: .*did you mean 'StacNAS_"),
        ("edge_operators", {"cell_type": "reduction"}, "cell_type: .*did you mean 'reduce'.*known: normal, reduce"),
        ("edge_operators", {"edge": 8}, "normal cell of StacNAS_cifar10 has edges 0 to 7, none is 8"),
        ("pattern_groups", {"groups": ["Skip", "Skip"]}, "options.groups: 'Skip' is given more than once"),
    ],
)
def test_values_of_a_studys_options(kind, options, message):
    refused({"studies": {kind: {"options": options}}}, rf"studies\.{kind}\.{message}|studies\.{kind}.*{message}")


@pytest.mark.parametrize(
    ("algorithm", "settings", "message"),
    [
        ("REA", {"population_size": "ten"}, "population_size: Expected `int`, got `str`, not 'ten'"),
        ("REA", {"population_size": 0}, "population_size: Expected `int` >= 1, not 0"),
        ("REA", {"sample_size": -3}, "sample_size: Expected `int` >= 1, not -3"),
        ("REINFORCE", {"learning_rate": NAN}, "learning_rate.*not a finite number"),
        ("REINFORCE", {"learning_rate": "inf"}, "learning_rate.*not a finite number"),
        ("BOHB", {"eta": 1}, "eta: Expected `int` >= 2"),
        ("BOHB", {"random_fraction": 1.5}, "random_fraction: Expected `float` < 1.0"),
    ],
)
def test_values_of_an_algorithms_settings(algorithm, settings, message):
    refused({"nasbench201": {"searches": {"algorithms": {algorithm: settings}}}}, message)
    sweeps = {algorithm: {key: [value] for key, value in settings.items()}}
    refused({"nasbench201": {"searches": {"sweeps": sweeps}}}, message)


@pytest.mark.parametrize(
    ("algorithm", "settings", "message"),
    [
        ("RSPS", {"paths": "percell"}, "paths: 'percell' is unknown .did you mean 'per_cell'.*known: one, per_cell"),
        ("one-level", {"selection": "best"}, "selection: 'best' is unknown; known: logits, softmax"),
        ("DARTS-V1", {"first": "weight"}, "first: 'weight' is unknown .did you mean 'weights'"),
        ("PC-DARTS", {"first": "weight"}, "first: 'weight' is unknown"),
        ("PC-DARTS", {"share": 0}, "share: Expected `int` >= 1"),
        ("GDAS", {"last_temperature": 0.0}, "last_temperature: Expected `float` > 0"),
    ],
)
def test_values_of_a_supernet_searchs_settings(algorithm, settings, message):
    refused({"stacnas": {"searches": {"algorithms": {algorithm: {"settings": settings}}}}}, message)


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"understanding": {"convergence": "three_node_space"}}, "of kind whole_space, not connection_variants"),
        ({"understanding": {"rates": ["adapted"]}}, "understanding.rates: 'adapted' is a study of kind adapted_cells"),
        ({"nasbench201": {"own_space": "published"}}, "published_cells, not whole_space or sampled_space"),
        ({"redundancy": {"groups": "published"}}, "redundancy.groups: .*not pattern_samples"),
        ({"redundancy": {"evaluated": ["published", "found"]}}, "redundancy.evaluated: 'found'"),
        ({"stacnas": {"edge": "published"}}, "stacnas.edge: .*not edge_operators"),
        ({"stacnas": {"searches": {"groups": {"skip_connect": ["skip_conect"]}}}}, "did you mean 'skip_connect'"),
        ({"stacnas": {"searches": {"groups": {"skip": ["skip_connect"]}}}}, "stacnas.searches.groups: .*'skip'"),
        ({"understanding": {"topologies": ["DARTS_V3"]}}, "understanding.topologies: .*did you mean 'DARTS_V2'"),
        ({"redundancy": {"drawn": ["NASNet-A"]}}, "redundancy.drawn: NASNet-A: normal cell has 5 nodes"),
    ],
)
def test_names_are_of_what_their_key_takes(overlay, message):
    refused(overlay, message)


@pytest.mark.parametrize("value", [NAN, INF, -INF, ".nan", "inf"])
@pytest.mark.parametrize(
    "place",
    [
        "protocols.digits_darts.learning_rate",
        "understanding.level",
        "stacnas.searches.weights.mixup",
        "estimate.seconds.x",
    ],
)
def test_numbers_are_finite(place, value):
    overlay = value
    for key in reversed(place.split(".")):
        overlay = {key: overlay}
    refused(overlay, place)


@pytest.mark.parametrize("value", [2**63, 10**30, str(10**30)])
def test_whole_numbers_fit_tables(value):
    refused({"studies": {"published": {"options": {"seeds": [value]}}}}, "options.seeds: .*(too large|out of range)")
    refused({"protocols": {"digits_darts": {"epochs": value}}}, "digits_darts.epochs: .*(too large|out of range)")
    refused({"studies": {"published": {"shards": 100_001}}}, "published.shards: Expected `int` <= 100000")


@pytest.mark.parametrize("value", [None, "null"])  # as in a file, and as --config hands it over
def test_null_takes_out_what_has_a_name_of_its_own(value):
    gone = {"studies": {"reductions": value}, "protocols": {"digits_high": value}, "datasets": {"cifar10": value}}
    searches = {"nasbench201": {"searches": {"algorithms": {"BOHB": value}}}}
    config = read_config(merged({**gone, **searches, "search_spaces": {"s4": value}}))
    assert "reductions" not in config.studies
    assert "cifar10" not in config.datasets
    assert "s4" not in config.search_spaces
    assert "BOHB" not in config.nasbench201.searches.algorithms
    with pytest.raises(NascopeError, match="'reductions' is not under studies"):
        check_config(config)


def test_null_is_a_value_where_the_type_takes_it():
    options = read({"studies": {"adapted": {"options": {"cells": {"ENAS": None}}}}}).studies["adapted"].options
    assert options["cells"]["ENAS"] is None


LISTED = {"kind": "listed", "dataset": "digits", "protocol": "digits_darts"}
PATHS = {
    "nasbench201.table": lambda config: config.nasbench201.table,
    "nasbench201.histories": lambda config: config.nasbench201.histories,
    "redundancy.surrogate.architectures": lambda config: config.redundancy.surrogate.architectures,
    "datasets.cifar10.root": lambda config: config.datasets["cifar10"].root,
    "datasets.cifar10.mirror": lambda config: config.datasets["cifar10"].mirror,
    "evidence.tasks": lambda config: config.evidence.tasks,
    "studies.mine.options.path": lambda config: outputs.study_inputs(plans(config)["nasbench201"], "mine")["path"],
}


@pytest.mark.parametrize("place", PATHS)
def test_home_is_expanded_in_every_path(place, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    overlay = "~/x.csv"
    for key in reversed(place.split(".")):
        overlay = {key: overlay}
    if "studies" in overlay:
        overlay["studies"]["mine"] |= LISTED
        overlay["studies"]["mine"]["options"]["seeds"] = [0]
    if place == "nasbench201.table":
        overlay["nasbench201"]["histories"] = "own"  # a table of the user's has no curves
    config = read(overlay)
    assert PATHS[place](config) == "/home/me/x.csv"


def test_paths_that_cannot_be_are_refused():
    assert os.path.expanduser("~nouser/x") == "~nouser/x"
    refused({"datasets": {"cifar10": {"root": "~nouser/x"}}}, "datasets.cifar10.root: .*there is no user 'nouser'")
    refused({"nasbench201": {"table": "a\0b"}}, "nasbench201.table: .*is no path")


def test_numbers_in_settings_may_be_texts():
    overlay = {"nasbench201": {"searches": {"algorithms": {"REA": {"population_size": "12"}}}}}
    overlay["nasbench201"]["one_shot"] = {"algorithms": {"GDAS": {"settings": {"alpha_learning_rate": "1e-3"}}}}
    from nascope.papers.nasbench201 import jobs

    plan = plans(read(overlay))["nasbench201"]
    assert jobs.searches_job(plan, "nasbench201")["algorithms"]["REA"]["population_size"] == 12
    assert jobs.one_shot_job(plan, "GDAS")["settings"] == {"alpha_learning_rate": 0.001}


def test_a_cell_may_be_given_as_a_genotype():
    darts = published_cell("DARTS_V2").genotype
    assert given_cell("DARTS_V2") == ("DARTS_V2", darts)
    assert given_cell(str(darts)) == ("DARTS_V2", darts)
    other = str(darts).replace("skip_connect", "avg_pool_3x3")
    name, genotype = given_cell(other)
    assert name.startswith("cell_")
    assert str(genotype) == other
    read({"studies": {"published": {"options": {"cells": ["ENAS", other]}}}})


@pytest.mark.parametrize("name", ["DARTS_V2", "ENAS"])
def test_widths_are_those_that_wirings_have(name):
    cell = published_cell(name).genotype.normal
    widths = {width for width, _ in wiring_distribution(cell.nodes, cell.concat)}
    assert widths == {half / 2 for half in range(2, 2 * cell.nodes + 1)}
