import re
from copy import deepcopy
from dataclasses import MISSING, fields

import pytest
import yaml

from nascope.config import check_config
from nascope.errors import NascopeError
from nascope.search.one_level import SearchProtocol
from nascope.search.one_shot.run import ALGORITHMS as ONE_SHOT
from nascope.search.one_shot.run import settings_of
from nascope.search.sample_based import ALGORITHMS
from nascope.studies import STUDIES
from nascope.training.protocol import Protocol
from tests.helpers import ROOT

SCHEMA_FILE = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_FILE.read_text())
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())


def leaves(schema, config, path=()):
    """Every key of the schema's fixed sections with its default and the value in config.yaml."""
    for key, part in schema.get("properties", {}).items():
        if "default" in part:
            yield (*path, key), part["default"], config[key]
        else:
            yield from leaves(part, config.get(key, {}), (*path, key))


def test_defaults_of_the_schema_are_those_of_config_yaml():
    found = list(leaves(SCHEMA, CONFIG))
    assert len(found) > 10
    for path, default, value in found:
        assert default == value, ".".join(path)


@pytest.mark.parametrize(("name", "cls"), [("protocol", Protocol), ("search_protocol", SearchProtocol)])
def test_protocol_schema_is_the_dataclass(name, cls):
    schema = SCHEMA["$defs"][name]
    known = {field.name: field.default for field in fields(cls)}
    assert set(schema["properties"]) == set(known)
    assert set(schema["required"]) == {key for key, default in known.items() if default is MISSING}
    for key, part in schema["properties"].items():
        assert part.get("default", MISSING) == known[key], key


def test_kinds_of_studies_are_the_functions():
    assert set(SCHEMA["$defs"]["study"]["properties"]["kind"]["enum"]) == set(STUDIES)


def test_algorithms_of_the_schema_are_the_functions():
    assert SCHEMA["$defs"]["algorithm"]["enum"] == list(ALGORITHMS)
    assert set(CONFIG["nasbench201"]["searches"]["algorithms"]) == set(ALGORITHMS)


def merged(overlay):
    def update(base, extra):
        for key, value in extra.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                update(base[key], value)
            else:
                base[key] = value
        return base

    return update(deepcopy(CONFIG), overlay)


@pytest.mark.parametrize("overlay", [None, *sorted(path.name for path in (ROOT / "config").glob("*.yaml"))])
def test_overlays_are_valid_and_their_one_shot_settings_known(overlay):
    config = merged(yaml.safe_load((ROOT / "config" / overlay).read_text()) if overlay else {})
    check_config(config, SCHEMA_FILE)
    one_shot = config["nasbench201"]["one_shot"]
    for name, own in one_shot["algorithms"].items():
        Protocol.from_config(name, {**one_shot["weights"], **own.get("weights", {})})
        assert set(own.get("settings", {})) <= settings_of(ONE_SHOT[name])


def test_one_shot_algorithms_of_the_schema_are_the_classes():
    schema = SCHEMA["properties"]["nasbench201"]["properties"]["one_shot"]["properties"]["algorithms"]
    assert schema["propertyNames"]["enum"] == list(ONE_SHOT) == list(CONFIG["nasbench201"]["one_shot"]["algorithms"])


@pytest.mark.parametrize(
    ("overlay", "place", "message"),
    [
        ({"shard": 3}, "top level", "'shard' was unexpected.*known keys: .*shards"),
        ({"shards": 0}, "shards", "0 is less than the minimum"),
        ({"protocols": {"digits_darts": {"epoch": 3}}}, "protocols.digits_darts", "'epoch'.*known keys: .*epochs"),
        ({"protocols": {"Bad Name": CONFIG["protocols"]["digits_darts"]}}, "protocols", "Bad Name"),
        ({"datasets": {"x": {"source": "mnist"}}}, "datasets.x.source", "'mnist' is not one of"),
        ({"redundancy": {"importance": {"fraction": 0.9}}}, "redundancy.importance.fraction", "0.9"),
        ({"studies": {"x": {"kind": "whole_space"}}}, "studies.x", "is a required property"),
    ],
)
def test_mistakes_are_refused_with_their_place(overlay, place, message):
    with pytest.raises(NascopeError, match=f"config, {re.escape(place)}.*{message}"):
        check_config(merged(overlay), SCHEMA_FILE)
