"""Which state of nascope's source this is: its commit, or why there is none."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

from nascope.errors import NascopeError

_PACKAGE = Path(__file__).resolve().parent
#: What decides results, from the root of a checkout.
_CODE = (":/src", ":/rules", ":/workflow", ":/Snakefile")
_TIMEOUT_SECONDS = 30.0
#: Where git would look instead of the directory that it is asked about; its own hooks set these.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


@cache
def commit(package: Path = _PACKAGE) -> str:
    """The commit of nascope's checkout, with ``-dirty`` where its code differs; without one, the version and why.

    A repository that only happens to lie around the package (a virtual environment within a project) is not asked.
    """
    try:
        if _git(package, "ls-files", "--full-name", "__init__.py") != "src/nascope/__init__.py":
            return _installed("not from a checkout")
        name = _git(package, "describe", "--always")
        changed = _git(package, "--no-optional-locks", "status", "--porcelain", "--", *_CODE)
    except FileNotFoundError:
        return _installed("git is not installed")
    except subprocess.TimeoutExpired:
        return _unknown("git did not answer")
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or [f"git ended with {error.returncode}"])[0].removeprefix("fatal: ")
        return _installed("not from a checkout") if said.startswith("not a git repository") else _unknown(said)
    return f"{name}-dirty" if changed else name


def check_checkout(workflow: Path) -> None:
    """Refuse to run a checkout's workflow with the package of another place: edits would change nothing.

    Args:
        workflow: directory of the Snakefile.

    Raises:
        NascopeError: it has a package of its own, and another one is imported; or braces in its path, which Snakemake
            would take for wildcards.
    """
    if set("{}") & set(str(workflow)):
        raise NascopeError(f"{workflow}: Snakemake takes braces in the path of a workflow for wildcards; rename it")
    own = workflow / "src" / "nascope"
    if own.is_dir() and not own.samefile(_PACKAGE):
        raise NascopeError(
            f"this Snakefile belongs to the package in {own}, but Python imports nascope from {_PACKAGE}; use this "
            f"checkout's own environment ('make figures' in {workflow} sets one up), or run "
            f"'pip install --no-deps --editable {workflow}' in the present one"
        )


def name_checkout(workflow: Path) -> None:
    """Tell the programs started from here where the checkout is, as ``NASCOPE_CHECKOUT``.

    envs/nascope.post-deploy.sh installs it into Conda environments.
    """
    os.environ["NASCOPE_CHECKOUT"] = str(workflow)


def _git(directory: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    answer = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env={**environment, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
        timeout=_TIMEOUT_SECONDS,
    )
    return answer.stdout.strip()


def _installed(reason: str) -> str:
    """The installed version, with the commit that pip installed it from if it knows one."""
    try:
        distribution = metadata.distribution("nascope")
    except metadata.PackageNotFoundError:
        return _unknown(f"{reason}, not installed")
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    known = origin.get("vcs_info", {}).get("commit_id")
    return known or f"version {distribution.version} ({reason})"


def _unknown(reason: str) -> str:
    return f"unknown ({reason})"
