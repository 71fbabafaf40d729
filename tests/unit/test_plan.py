"""Set-ups, stores and paths: what the rules are given."""

import pytest
import yaml

from nascope.errors import NascopeError
from nascope.papers.declare import Paper
from nascope.papers.registry import declared
from nascope.schemas.results import NASBENCH201, OWN_SEARCHES
from nascope.schemas.trainings import Genotypes
from nascope.workflow import outputs
from nascope.workflow.check import check_made, check_made_by_rules
from nascope.workflow.plan import plans
from nascope.workflow.read import read_config
from tests.helpers import ROOT
from tests.unit.test_config import CONFIG, merged


def plan_of(overlay=None, paper="redundancy"):
    declared()
    return plans(read_config(merged(overlay or {})))[paper]


def test_studies_with_one_data_set_and_protocol_share_a_setup():
    plan = plan_of()
    together = {study.name for study in plan.setup("digits.digits_darts")}
    assert {"darts_connections", "pattern_groups", "published", "reductions"} <= together
    assert sum(map(len, plan.setups().values())) == len(CONFIG["studies"])


def test_a_study_that_waits_for_results_has_a_setup_of_its_own():
    """Else the surrogate would wait for trainings that are drawn by what it says."""
    plan = plan_of({"studies": {"removal": {"protocol": "digits_darts"}}})
    removal = plan.study("removal")
    assert removal.setup.label == "digits.digits_darts.removal"
    assert removal.trainings.path == "results/trainings/digits.digits_darts.removal/trainings.parquet"
    assert removal not in plan.setup("digits.digits_darts")
    assert plan.store(removal.setup.label) != plan.store("digits.digits_darts")


def stores(overlay=None):
    plan = plan_of(overlay)
    return {label: plan.store(label) for label in plan.setups()}


def changed(overlay):
    before, after = stores(), stores(overlay)
    return {label for label in before if before[label] != after[label]}


def test_the_store_follows_values_alone():
    assert changed({"protocols": {"digits_darts": {"momentum": 0.9}}}) == set()  # its default
    assert changed({"protocols": {"digits_darts": {"momentum": 0.8}}}) == {"digits.digits_darts"}
    assert changed({"datasets": {"digits": {"sizes": [100, 100, 100]}}}) == set(stores())
    assert changed({"shards": 7, "datasets": {"cifar10": {"root": "elsewhere"}}}) == set()


def test_the_store_follows_numerics_and_torch_but_no_code(monkeypatch):
    before = stores()

    def forbidden(*roots):
        raise AssertionError("a refactoring must not lose anybody's trainings")

    monkeypatch.setattr("nascope.workflow.versions.version", forbidden)
    assert stores() == before
    monkeypatch.setattr("nascope.workflow.plan.NUMERICS", 10**6)
    assert not set(stores().values()) & set(before.values())
    monkeypatch.undo()
    monkeypatch.setattr("nascope.workflow.plan.package_version", lambda package: "99")
    assert not set(stores().values()) & set(before.values())


def test_shards_follow_the_study_that_asks_for_most():
    plan = plan_of({"studies": {"published": {"shards": 9}}, "shards": 3})
    assert plan.shards("digits.digits_darts") == 9
    assert plan.shards("digits.digits_found.found") == 3


def test_final_networks_of_stacnas_have_batch_norm_after_pools():
    for overlay in ({}, yaml.safe_load((ROOT / "config" / "paper.yaml").read_text(encoding="utf-8"))):
        plan = plan_of(overlay, "stacnas")
        studies = [plan.config.studies[name] for name in (*plan.section.found, plan.section.edge)]
        protocols = {*(study.protocol for study in studies), plan.section.confusion.protocol}
        assert all(plan.config.protocols[name].pool_norm for name in protocols)


def test_targets_hold_every_figure_and_the_claims():
    plan = plan_of(paper="stacnas")
    made = outputs.outputs_of("stacnas", plan)
    assert "results/claims/stacnas.parquet" in made
    assert {f"results/figures/stacnas/skip_counts.{suffix}" for suffix in ("pdf", "png", "parquet")} <= set(made)


def test_figures_that_a_config_does_not_ask_for_are_left_out():
    paper = declared()["redundancy"]
    assert "trained_importance" not in outputs.figures_of(plan_of(), paper)
    study = {"kind": "neighbourhoods", "dataset": "digits", "protocol": "digits_darts"}
    options = {"cells": ["DARTS_V2"], "cell_types": ["reduce"], "edges": [7], "seeds": [0]}
    studies = {"neighbours": {**study, "options": options}}
    overlay = {"studies": studies, "redundancy": {"neighbourhoods": ["neighbours"]}}
    assert "trained_importance" in outputs.figures_of(plan_of(overlay), paper)


def made(function, **how):
    paper = Paper("toy", 2026, "A toy", type(plan_of().section))
    paper.figure("A figure", **how)(function)
    return paper.figures[function.__name__], plan_of(), paper


def drawn(genotypes: Genotypes, *, level: float, cells: int = 1):
    """A figure."""


GENOTYPES = {"tables": lambda plan: plan.study("published").tables("genotypes")}


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"tables": lambda plan: plan.study("published").tables("genotypez")}, "names what is not there"),
        ({**GENOTYPES, "options": lambda plan: {"level": "high"}}, "level: Expected `float`.*not 'high'"),
        ({**GENOTYPES, "options": lambda plan: {"levle": 1.0}}, "takes no 'levle'.*did you mean 'level'"),
        (GENOTYPES, "gives no 'level'"),
        ({"options": lambda plan: {"level": 1.0}}, "gives no 'genotypes'"),
        (
            {"tables": lambda plan: {"genotypes": NASBENCH201}, "options": lambda plan: {"level": 1.0}},
            "is a genotypes table, but .*nasbench201.parquet is a benchmark table",
        ),
        ({**GENOTYPES, "options": lambda plan: {"level": OWN_SEARCHES, "genotype": 1}}, "takes no 'genotype'"),
    ],
)
def test_declarations_that_do_not_fit_are_refused(how, message):
    with pytest.raises(NascopeError, match=f"toy, drawn.*{message}"):
        check_made(*made(drawn, **how))


def test_a_second_figure_of_a_name_is_refused():
    def another():
        """A figure of the same name in another module."""

    another.__name__, another.__module__ = "drawn", "elsewhere"
    with pytest.raises(ValueError, match=r"drawn is declared in .* and again in elsewhere"):
        made(drawn)[2].figure("Another")(another)


def test_a_declaration_that_fits_passes():
    check_made(*made(drawn, **GENOTYPES, options=lambda plan: {"level": 1.0}))


def test_a_table_that_no_rule_makes_is_named():
    with pytest.raises(NascopeError, match=r"no rule makes results/b\.parquet"):
        check_made_by_rules(["results/a.parquet", "results/b.parquet"], lambda path: "a." in path)


def test_a_users_file_is_an_input_of_its_study():
    study = {"kind": "listed", "dataset": "digits", "protocol": "digits_darts"}
    plan = plan_of({"studies": {"mine": {**study, "options": {"path": "mine.csv", "seeds": [0]}}}})
    assert outputs.study_inputs(plan, "mine") == {"path": "mine.csv"}
    assert outputs.study_job(plan, "mine")["options"] == {"path": "mine.csv", "seeds": [0]}
    assert outputs.study_inputs(plan, "removal") == {"importance": "results/importance/darts.parquet"}
