"""The configuration's model: what it accepts, what it says of mistakes, and the documents that are made from it."""

import json
import re
import subprocess
import sys
from copy import deepcopy

import msgspec
import pytest
import yaml

from nascope.config.section import Section, plain, section_of
from nascope.errors import NascopeError
from nascope.papers.registry import declared
from nascope.training.protocol import Protocol
from nascope.workflow.check import check_config
from nascope.workflow.document import json_schema, reference
from nascope.workflow.model import config_model
from nascope.workflow.read import read_config
from tests.helpers import ROOT

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
OVERLAYS = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))
TINY = {"channels": 4, "cells": 1, "epochs": 2, "batch_size": 8, "learning_rate": 0.1}


def merged(overlay):
    def update(base, extra):
        for key, value in extra.items():
            if isinstance(value, dict) and isinstance(base.get(key), dict):
                update(base[key], value)
            else:
                base[key] = value
        return base

    return update(deepcopy(CONFIG), overlay)


def overlaid(*names):
    config = {}
    for name in names:
        config = merged(yaml.safe_load((ROOT / "config" / name).read_text()))
    return config or CONFIG


def defaults(kind, values, path=()):
    """Every key of a section with a default, and what config.yaml says there."""
    for field in msgspec.structs.fields(kind):
        place = (*path, field.name)
        if isinstance(values, dict) and field.name in values:
            inner = field.type
            inner = getattr(inner, "__origin__", inner)
            if isinstance(inner, type) and issubclass(inner, Section) and inner is not Protocol:
                yield from defaults(inner, values[field.name], place)
            elif field.default is not msgspec.NODEFAULT:
                yield place, plain(field.default), values[field.name]


def test_defaults_of_the_papers_sections_are_those_of_config_yaml():
    found = []
    for name, paper in declared().items():
        found += list(defaults(paper.settings, CONFIG[name], (name,)))
    assert len(found) > 60
    for path, default, value in found:
        if path[-1] != "studies":  # of measures: names of the default's own studies
            assert default == value, ".".join(path)


@pytest.mark.parametrize("overlay", [None, *OVERLAYS])
def test_overlays_are_valid(overlay):
    check_config(read_config(overlaid(overlay) if overlay else CONFIG))


@pytest.mark.parametrize(
    ("overlay", "place", "message"),
    [
        ({"shard": 3}, "", "unknown key 'shard'.*did you mean 'shards'.*known keys: .*shards"),
        ({"shards": 0}, "shards", "int` >= 1, not 0"),
        ({"protocols": {"digits_darts": {"epoch": 3}}}, "protocols.digits_darts", "unknown key 'epoch'.*'epochs'"),
        ({"protocols": {"digits_darts": {"epochs": "ten"}}}, "protocols.digits_darts.epochs", "not 'ten'"),
        ({"protocols": {"Bad Name": TINY}}, "protocols", "Bad Name"),
        ({"protocols": {"short": {**TINY, "schedule": "linear"}}}, "protocols.short", "more than 5 epochs"),
        ({"datasets": {"x": {"source": "mnist"}}}, "datasets.x", "mnist"),
        ({"redundancy": {"importance": {"fraction": 0.9}}}, "redundancy.importance.fraction", "0.9"),
        ({"studies": {"x": {"kind": "whole_space"}}}, "studies.x", "missing required field `dataset`"),
        ({"search_spaces": {"x": {"nodes": 3}}}, "search_spaces.x", "either primitives, or normal and reduce"),
        ({"understanding": {"geometry": {"measures": {"sharp": {}}}}}, "measures", "unknown key 'sharp'.*'sharpness'"),
        ({"protocols": {"digits_darts": {"schedule": "cosin"}}}, "schedule", "did you mean 'cosine'.*known: cosine, "),
        ({"stacnas": {"confusion": None}}, "stacnas.confusion", "null is no value here"),
        ({"studies": None}, "studies", "null is no value here"),
        ({"studies": {"x\n": {}}}, "studies", r"'x\\n' is no name: small letters, digits and _"),
        *(({"studies": {name: {}}}, "studies", f"'{name}' is no name") for name in ("2020:", "on:", "~:", "")),
        *(({"studies": {name: {}}}, "studies", f"{name} as a value that is no text") for name in (1, True, None)),
    ],
)
def test_mistakes_are_refused_with_their_place(overlay, place, message):
    with pytest.raises(NascopeError, match=f"^config.*{re.escape(place)}.*{message}"):
        read_config(merged(overlay))


LISTED = {"kind": "whole_space", "dataset": "digits", "protocol": "digits_darts"}


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"studies": {"x": {**LISTED, "kind": "whole_spice"}}}, "studies.x.kind.*did you mean 'whole_space'"),
        ({"studies": {"x": {**LISTED, "dataset": "digit"}}}, "studies.x.dataset.*did you mean 'digits'"),
        ({"studies": {"x": {**LISTED, "options": {"node": 3}}}}, "studies.x.options.*unknown key 'node'.*'nodes'"),
        ({"studies": {"x": {**LISTED, "options": {"nodes": 3, "seeds": [-1]}}}}, "studies.x.options"),
        ({"studies": {"x": {**LISTED, "options": {"nodes": 3, "seeds": []}}}}, "studies.x.options"),
        ({"studies": {"x": {**LISTED, "options": {"nodes": "three", "seeds": [0]}}}}, "options.nodes.*'three'"),
        ({"understanding": {"convergence": "darts_connection"}}, "did you mean 'darts_connections'"),
        ({"nasbench201": {"one_shot": {"dataset": "digitz"}}}, "one_shot.dataset.*did you mean 'digits'"),
        ({"nasbench201": {"one_shot": {"algorithms": {"RSPZ": {}}}}}, "'RSPZ'.*did you mean 'RSPS'"),
        ({"nasbench201": {"one_shot": {"algorithms": {"RSPS": {"settings": {"candidate": 2}}}}}}, "'candidates'"),
        ({"nasbench201": {"one_shot": {"algorithms": {"RSPS": {"weights": {"epoch": 2}}}}}}, "RSPS.weights.*'epochs'"),
        ({"nasbench201": {"searches": {"algorithms": {"REA": {"population": 2}}}}}, "'population_size'"),
        ({"stacnas": {"searches": {"spaces": ["s9"]}}}, "stacnas.searches.spaces.*'s9'"),
        ({"stacnas": {"confusion": {"protocol": "digits_dart"}}}, "did you mean 'digits_darts'"),
        (
            {"understanding": {"geometry": {"measures": {"sharpness": {"studies": {"darts_connections": {"x": 1}}}}}}},
            "sharpness.studies.darts_connections.*unknown key 'x'",
        ),
        ({"studies": {"published": {"protocol": "digits_short"}}}, "one data set and one protocol"),
    ],
)
def test_names_and_options_are_checked_when_the_workflow_is_read(overlay, message):
    with pytest.raises(NascopeError, match=message):
        check_config(read_config(merged(overlay)))


def test_numbers_given_as_text_are_numbers():
    """As ``--config`` hands them over, and as YAML reads 1e-3."""
    config = read_config(merged({"shards": "7", "protocols": {"digits_darts": {"learning_rate": "1e-3"}}}))
    assert config.shards == 7
    assert config.protocols["digits_darts"].learning_rate == 0.001


def test_reading_needs_no_torch():
    """Its import takes longer than all else that the workflow is read with."""
    read = "import yaml; from nascope.workflow.read import read_config; from nascope.workflow.check import check_config"
    check = "check_config(read_config(yaml.safe_load(open('config.yaml')))); import sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"{read}; {check}"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_long_values_make_no_long_messages():
    with pytest.raises(NascopeError) as error:
        read_config(merged({"shards": "x" * 10_000}))
    assert len(str(error.value)) <= 500


def test_settings_are_the_values_that_differ_from_their_defaults():
    protocol = section_of(Protocol, {**TINY, "momentum": 0.9, "flip": True})
    assert protocol.given() == {**TINY, "flip": True}
    assert section_of(Protocol, protocol.given()) == protocol


def test_every_key_has_a_sentence():
    def lacking(kind, path):
        for field in msgspec.structs.fields(kind):
            metas = [extra for extra in getattr(field.type, "__metadata__", ()) if isinstance(extra, msgspec.Meta)]
            if not any(meta.description for meta in metas):
                yield (*path, field.name)
            inner = getattr(field.type, "__origin__", None)
            if isinstance(inner, type) and issubclass(inner, Section):
                yield from lacking(inner, (*path, field.name))

    assert not list(lacking(config_model(), ()))


def test_the_documents_of_the_configuration_are_current():
    assert (ROOT / "docs" / "config.md").read_text() == reference(), "run `make docs`"
    assert (ROOT / "workflow" / "schemas" / "config.schema.json").read_text() == json_schema(), "run `make docs`"


def test_the_schema_accepts_the_default():
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(CONFIG, json.loads(json_schema()))
