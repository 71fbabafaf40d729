"""Setting up: another Python is refused before anything is installed."""

import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.helpers import ROOT

OTHER = """#!/bin/sh
exec {python} -c "import sys; sys.version_info = {version}; exec(sys.argv[2])" "$@"
"""


def set_up(folder, python):
    mark = folder / "venv" / ".installed"
    command = ["make", "-C", str(ROOT), f"VENV={folder / 'venv'}", f"PYTHON={python}", str(mark)]
    # As typed in a terminal: within "make test" make would speak of itself otherwise.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=alone)


@pytest.mark.parametrize("version", [(3, 12, 0), (3, 10, 9), (4, 11, 0)])
def test_another_python_is_refused_in_one_line(tmp_path, version):
    python = tmp_path / "python"
    python.write_text(OTHER.format(python=sys.executable, version=version))
    python.chmod(0o755)
    done = set_up(tmp_path, python)
    message, made, *more = done.stderr.splitlines()
    assert message.startswith(
        f"nascope needs Python 3.11, and {python} is {version[0]}.{version[1]}: name another, as in"
    )
    assert made.startswith("make: ***")
    assert not more
    assert done.returncode
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_not_there_is_named(tmp_path):
    done = set_up(tmp_path, "python3.0")
    assert done.stderr.startswith("nascope needs Python 3.11, and there is no python3.0: name one, as in")
    assert done.returncode


def test_the_package_asks_for_the_same_python():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.12"


def _pins():
    """Each package of the lock with the lines that belong to it."""
    lines = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    return {re.split("==", line)[0].lower().replace("_", "-"): line for line in lines if "==" in line}


def test_each_pin_has_hashes_and_a_licence_that_can_be_read_offline():
    pins = _pins()
    assert len(pins) > 100
    assert [name for name, line in pins.items() if "--hash=sha256:" not in line] == []
    rows = re.findall(r"^\| (\S+) \| (.+?) \|", (ROOT / "docs" / "licences.md").read_text(), re.MULTILINE)
    assert {name.lower().replace("_", "-") for name, _ in rows} >= pins.keys()
