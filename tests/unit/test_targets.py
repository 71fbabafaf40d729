"""Targets of a command line."""

import pytest

from nascope.errors import NascopeError
from nascope.workflow.targets import check_targets, is_typed

RULES = ["all", "understanding", "stacnas"]
FILES = [f"results/figures/understanding/{name}.{kind}" for name in ("speed", "rates") for kind in ("png", "parquet")]
FILES += ["results/report.html"]


def check(target):
    check_targets([target], RULES, FILES, {*FILES, "results/plan.parquet"}.__contains__)


@pytest.mark.parametrize("target", ["all", "results/report.html", "./results/report.html", "results/plan.parquet"])
def test_what_is_there_or_can_be_made_passes(target):
    check(target)


def test_files_that_exist_pass(tmp_path):
    check(str(tmp_path))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("understandin", "there is no target 'understandin'; did you mean understanding?"),
        ("spead", "there is no target 'spead'; did you mean results/figures/understanding/speed.png?"),
        ("results/reports.html", "there is no target 'results/reports.html'; did you mean results/report.html?"),
        ("xyzzy", "targets are all, understanding, stacnas, and files such as results/report.html"),
    ],
)
def test_misspelt_ones_are_named_with_what_is_near(target, message):
    with pytest.raises(NascopeError) as error:
        check(target)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("program", "typed"),
    [
        ("/venv/bin/snakemake", True),
        ("/venv/lib/python3.11/site-packages/snakemake/__main__.py", True),
        ("/venv/bin/pytest", False),
        ("/job/__main__.py", False),
    ],
)
def test_only_snakemakes_command_types_targets(program, typed):
    assert is_typed(program) == typed
