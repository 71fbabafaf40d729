"""Registries of search algorithms, and their settings."""

import subprocess
import sys

import pytest

from nascope.errors import NascopeError
from nascope.loading import load
from nascope.search.algorithms import CELL_SEARCH, ONE_SHOT, SAMPLE_BASED, chosen, swept
from nascope.search.one_shot.base import OneShotSearch
from nascope.search.settings import Setting, check_settings, known_settings

SPECS = sorted({*SAMPLE_BASED.values(), *ONE_SHOT.values(), *CELL_SEARCH.values()})


@pytest.mark.parametrize("registry", [ONE_SHOT, CELL_SEARCH])
def test_one_shot_algorithms_are_classes_of_searches(registry):
    assert all(issubclass(load(spec), OneShotSearch) for spec in registry.values())


def test_settings_are_the_keyword_only_parameters_of_a_function_or_class_and_its_bases():
    assert known_settings(SAMPLE_BASED["RS"]) == {}
    assert known_settings(SAMPLE_BASED["REA"]) == {
        "population_size": Setting("Positive", "POPULATION"),
        "sample_size": Setting("Positive", "SAMPLE"),
    }
    assert known_settings(ONE_SHOT["RSPS"]) == {
        "candidates": Setting("Positive", "100"),
        "paths": Setting("Literal['one', 'per_cell']", "'one'"),
    }
    alphas = {
        "alpha_learning_rate": Setting("PositiveFloat", "0.0003"),
        "alpha_weight_decay": Setting("NaturalFloat", "0.001"),
    }
    assert known_settings(ONE_SHOT["DARTS-V1"]) == alphas
    assert known_settings(ONE_SHOT["SETN"]) == {"candidates": Setting("Positive", "100"), **alphas}
    assert list(known_settings(CELL_SEARCH["PC-DARTS"])) == ["share", "warm_up", "first", *alphas]
    assert "controller_steps" in known_settings(ONE_SHOT["ENAS"])


USERS = """
import abc
from abc import ABC
from nascope.search.one_shot.alphas import AlphaSearch as Base

class Mine(Base, ABC, abc.ABC):
    def __init__(self, setup, *, depth: int, name: str = "x", untyped=None, **alphas):
        pass

class Inheriting(Mine):
    pass

class Closed(Mine):
    def __init__(self, setup, *, only: bool = False):
        pass
"""


def test_a_users_algorithm_has_settings_too(tmp_path, monkeypatch):
    (tmp_path / "users_search.py").write_text(USERS)
    monkeypatch.syspath_prepend(tmp_path)
    known = known_settings("users_search:Mine")
    assert list(known) == ["depth", "name", "untyped", "alpha_learning_rate", "alpha_weight_decay"]
    assert known["depth"] == Setting("int", None)
    assert known_settings("users_search:Inheriting") == known
    assert list(known_settings("users_search:Closed")) == ["only"]
    check_settings("Mine", "users_search:Mine", {"depth": 3, "untyped": [1], "alpha_learning_rate": 1})
    with pytest.raises(NascopeError, match="settings of Mine: depth must be given"):
        check_settings("Mine", "users_search:Mine", {})
    with pytest.raises(NascopeError, match="settings of Mine: depth: Expected `int`, got `bool`"):
        check_settings("Mine", "users_search:Mine", {"depth": True})


@pytest.mark.parametrize(
    ("spec", "message"),
    [("nascope.search.bohb:bob", "defines no function or class 'bob'"), ("nascope.search.bobh:bohb", "no module")],
)
def test_algorithms_that_are_not_there_are_named(spec, message):
    with pytest.raises(NascopeError, match=message):
        known_settings(spec)


def test_mistakes_are_named_with_what_is_near():
    with pytest.raises(
        NascopeError, match=r"unknown algorithm 'GDSA' \(did you mean 'GDAS'\?\); known: RSPS, DARTS-V1"
    ):
        chosen(ONE_SHOT, "GDSA", {})
    message = (
        r"settings of GDAS: unknown 'first_temprature' \(did you mean 'first_temperature'\?\), 'x'; "
        "known: first_temperature, last_temperature, alpha_learning_rate, alpha_weight_decay"
    )
    with pytest.raises(NascopeError, match=message):
        chosen(ONE_SHOT, "GDAS", {"first_temprature": 1.0, "x": 2}).load()
    with pytest.raises(NascopeError, match="unknown 'x'; known: none"):
        chosen(SAMPLE_BASED, "RS", {"x": 2}).load()


def test_sweeps_are_algorithms_with_one_setting():
    found = swept(SAMPLE_BASED, {"REA": {"sample_size": [3, 5], "population_size": [7]}, "BOHB": {"eta": [2]}})
    settings = [("REA", {"sample_size": 3}), ("REA", {"sample_size": 5}), ("REA", {"population_size": 7})]
    assert [(one.name, one.settings) for one in found] == [*settings, ("BOHB", {"eta": 2})]
    assert [one.number for one in found] == [1, 1, 1, 4]


def modules_after(statements):
    code = f"import sys\nfrom nascope.search.algorithms import *\n{statements}\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_settings_are_known_without_torch_and_without_the_algorithms():
    known = "from nascope.search.settings import known_settings\n"
    modules = modules_after(f"{known}[known_settings(spec) for spec in {SPECS!r}]")
    assert not modules & {"torch", "pandas", "nascope.search.bohb", "nascope.search.one_shot.base"}


@pytest.mark.parametrize(
    ("registry", "name"), [("ONE_SHOT", "GDAS"), ("CELL_SEARCH", "PC-DARTS"), ("SAMPLE_BASED", "LS")]
)
def test_a_job_of_one_algorithm_imports_no_other(registry, name):
    registries = {"ONE_SHOT": ONE_SHOT, "CELL_SEARCH": CELL_SEARCH, "SAMPLE_BASED": SAMPLE_BASED}
    own = registries[registry][name].partition(":")[0]
    runs = "import nascope.search.one_shot.run, nascope.search.one_shot.cells, nascope.search.sample_based\n"
    modules = modules_after(f"{runs}chosen({registry}, {name!r}, {{}}).load()")
    assert modules & {spec.partition(":")[0] for spec in SPECS} == {own}
