"""Snakemake's ways to deploy software: conda by its own code with a stand-in for the program, and no other."""

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

from tests.helpers import ROOT
from tests.workflow.harness import checkout, command, environment

#: What Snakemake asks of conda. Packages come from the environment under test, so that nothing is downloaded.
CONDA = """#!/bin/sh
case "$1 $2" in
    "info --json") echo '{{"conda_prefix": "{prefix}", "platform": "linux-64"}}' ;;
    "config --get") echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
    "clean -y") ;;
    "--version ") echo "conda 25.1.0" ;;
    "env create")
        while [ "$1" != --file ]; do shift; done; file=$2
        while [ "$1" != --prefix ]; do shift; done; environment=$2
        grep -q "python =3.11" "$file" && ! grep -q "[.][.]" "$file" || exit 1
        {python} -m venv --without-pip "$environment"
        echo {packages} > "$environment/lib/python3.11/site-packages/packages.pth" ;;
    *) exit 2 ;;
esac
"""
ACTIVATE = 'export PATH="$1/bin:$PATH"\n'


@pytest.fixture
def conda(tmp_path):
    """The programs conda and activate on a PATH."""
    programs = tmp_path / "conda" / "bin"
    programs.mkdir(parents=True)
    facts = {"prefix": programs.parent, "python": sys.executable, "packages": sysconfig.get_path("purelib")}
    (programs / "conda").write_text(CONDA.format(**facts))
    (programs / "conda").chmod(0o755)
    (programs / "activate").write_text(ACTIVATE)
    return {"PATH": f"{programs}:{os.environ['PATH']}"}


def test_a_conda_environment_has_the_pins_and_this_checkout(tmp_path, conda):
    """Not the package on PYTHONPATH, which conda environments do not see."""
    folder = checkout(tmp_path / "clone")
    shutil.copytree(ROOT / "src" / "nascope", folder / "src" / "nascope", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    variables = {**environment(), **conda, "PYTHONPATH": str(folder / "src")}
    line = command("results/theory.parquet", "--cores", "1", "--sdm", "conda")
    done = subprocess.run(line, cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Running post-deploy script" in done.stderr
    assert (folder / "results" / "theory.parquet").exists()
    python = next(folder.glob(".snakemake/conda/*/bin/python"))
    where = [python, "-c", "import nascope; print(nascope.__file__)"]
    imported = subprocess.run(where, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    assert imported.stdout.strip() == str(folder / "src" / "nascope" / "__init__.py")


@pytest.mark.parametrize("method", ["apptainer", "env-modules"])
def test_other_ways_are_refused_before_anything_runs(tmp_path, run, method):
    done = run(checkout(tmp_path / "clone"), "-n", "--sdm", method)
    assert done.returncode != 0
    assert f"--sdm {method}: nascope has neither containers nor modules" in done.stdout
    assert "Traceback" not in done.stdout
