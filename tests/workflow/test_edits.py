"""What is computed again after an edit, in both directions: the real workflow's plan on finished results."""

import os
import re
import shutil
import subprocess

import pytest

from tests.workflow.harness import command, environment

GROWN = "from __future__ import annotations\n\nGROWN = 1\n"
FUTURE = "from __future__ import annotations\n"


def planned(folder, *arguments):
    """Jobs that would run, by rule, and the plan's text."""
    variables = {**environment(), "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command("-n", *arguments), cwd=folder, env=variables, capture_output=True, text=True)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    return {rule: int(count) for rule, count in re.findall(r"^(\w+)\s+(\d+)$", text, flags=re.MULTILINE)}, text


@pytest.fixture
def edited(editable):
    """Replace text in a file; undone after the test."""
    before = {}

    def edit(file, old, new):
        path = editable / file
        before.setdefault(path, (path.read_text(), path.stat().st_mtime_ns))
        assert old in path.read_text(), file
        path.write_text(path.read_text().replace(old, new, 1))
        return planned(editable)

    yield edit
    for path, (text, time) in before.items():
        path.write_text(text)
        os.utime(path, ns=(time, time))


def test_nothing_is_to_be_done_before_an_edit(editable):
    assert "Nothing to be done" in planned(editable)[1]


@pytest.mark.parametrize("file", ["datasets/downloads.py", "networks/mixes.py", "training/trainer.py"])
def test_comments_and_docstrings_are_nothing(edited, file):
    assert "Nothing to be done" in edited(f"src/nascope/{file}", '"""', '"""Reworded: ')[1]


def test_a_new_module_that_nothing_uses_is_nothing(editable):
    module = editable / "src" / "nascope" / "search" / "one_shot" / "fresh.py"
    module.write_text("VALUE = 1\n")
    assert "Nothing to be done" in planned(editable)[1]
    module.unlink()


def test_a_new_key_of_protocols_with_a_default_is_nothing(edited):
    key = '    fresh: Annotated[bool, says("New.")] = False\n    nesterov:'
    assert "Nothing to be done" in edited("src/nascope/training/protocol.py", "    nesterov:", key)[1]


@pytest.mark.parametrize(
    ("file", "rules", "spared"),
    [
        ("src/nascope/analysis/pairs.py", {"claims", "figure"}, {"train", "genotypes"}),
        ("src/nascope/analysis/sampling.py", {"claims", "figure"}, {"train", "genotypes"}),
        ("src/nascope/schemas/trainings.py", {"train", "collect", "genotypes"}, {"importance"}),
        ("src/nascope/training/shards.py", {"train"}, {"importance"}),
        ("src/nascope/spaces/wirings.py", {"figure", "claims"}, {"train"}),
        ("src/nascope/spaces/patterns.py", {"figure", "genotypes", "surrogate"}, {"importance"}),
        ("src/nascope/analysis/confusion.py", {"confusion"}, {"train", "importance"}),
        ("src/nascope/oracles/tabular.py", {"importance"}, {"one_shot"}),
    ],
)
def test_code_is_followed_by_what_it_decides(edited, file, rules, spared):
    jobs, _ = edited(file, FUTURE, GROWN)
    assert rules <= set(jobs), jobs
    assert not spared & set(jobs), jobs


@pytest.mark.parametrize(
    ("script", "rule"), [("surrogate", "surrogate"), ("gather", "geometry_table"), ("plan", "plan")]
)
def test_a_script_is_followed_by_its_jobs(edited, script, rule):
    path = f"workflow/scripts/{script}.py"
    assert rule in edited(path, "if TYPE_CHECKING:", "GROWN = 1\n\nif TYPE_CHECKING:")[0]


def test_a_published_cell_is_followed_by_all_that_reads_it(edited, editable):
    line = next(x for x in (editable / "src/nascope/spaces/published.csv").read_text().splitlines() if "DARTS_V2" in x)
    jobs, _ = edited("src/nascope/spaces/published.csv", line, line.replace("sep_conv_3x3", "sep_conv_5x5", 1))
    assert {"genotypes", "figure", "claims", "surrogate"} <= set(jobs)
    assert not {"one_shot", "operators"} & set(jobs)


def test_a_line_of_a_figures_module_redraws_that_module_alone(edited):
    jobs, text = edited("src/nascope/papers/stacnas/figures/searches.py", FUTURE, GROWN)
    assert jobs["figure"] == 2
    assert {"skip_counts", "strengths"} == set(re.findall(r"output: results/figures/stacnas/(\w+)\.pdf", text))
    assert set(jobs) <= {"figure", "report", "all", "total"}


def test_another_torch_is_followed_by_trainings(editable):
    metadata = editable / "src" / "torch-99.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 99.0\n")
    jobs, _ = planned(editable)
    shutil.rmtree(metadata)
    assert {"train", "one_shot", "operators", "geometry"} <= set(jobs)
    assert "importance" not in jobs
