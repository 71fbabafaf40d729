"""The recorded commit is nascope's own, or it says why there is none."""

import os
import shutil
import subprocess

import pytest

from nascope import checkout
from nascope.checkout import check_checkout, commit
from nascope.errors import NascopeError
from tests.helpers import ROOT


@pytest.fixture(autouse=True)
def plain_git(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "nobody")
    commit.cache_clear()


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path):
    """A repository of nascope's form with one commit."""
    package = tmp_path / "clone" / "src" / "nascope"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (tmp_path / "clone" / "README.md").write_text("text")
    git(tmp_path / "clone", "init", "--quiet")
    git(tmp_path / "clone", "add", ".")
    git(tmp_path / "clone", "commit", "--quiet", "--message", "first")
    return tmp_path / "clone"


def package(folder):
    """A path that is asked for the first time."""
    commit.cache_clear()
    return folder / "src" / "nascope"


def test_a_checkout_has_its_commit_and_a_mark_where_its_code_differs(clone):
    head = git(clone, "rev-parse", "--short", "HEAD")
    assert commit(package(clone)) == head
    (clone / "README.md").write_text("other text")
    assert commit(package(clone)) == head
    new = clone / "src" / "nascope" / "new.py"
    new.touch()  # imported, though git does not know it
    assert commit(package(clone)) == f"{head}-dirty"
    new.unlink()
    (clone / "src" / "nascope" / "__init__.py").write_text("changed = True")
    assert commit(package(clone)) == f"{head}-dirty"


def test_an_unrelated_repository_around_the_package_is_not_recorded(clone, monkeypatch):
    site = clone / ".venv" / "lib" / "site-packages" / "nascope"
    shutil.copytree(clone / "src" / "nascope", site)
    assert commit(site) == "version 0.1.0 (not from a checkout)"
    git(clone, "add", "--force", str(site))  # not even if it keeps its virtual environment
    commit.cache_clear()
    assert commit(site) == "version 0.1.0 (not from a checkout)"
    monkeypatch.setenv("GIT_DIR", str(clone / ".git"))  # as git sets it for hooks
    commit.cache_clear()
    assert commit(clone.parent) == "version 0.1.0 (not from a checkout)"


def test_a_commit_that_pip_knows_is_recorded(tmp_path, monkeypatch):
    class Installed:
        version = "0.1.0"

        def read_text(self, _):
            return '{"url": "https://host/nascope.git", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}'

    monkeypatch.setattr(checkout.metadata, "distribution", lambda _: Installed())
    assert commit(tmp_path) == "abc123"


def test_without_git_the_reason_is_recorded(clone, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert commit(package(clone)) == "version 0.1.0 (git is not installed)"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a directory of another user")
def test_a_tree_of_another_user_is_unknown_and_says_why(clone):
    for path in (clone, clone / ".git"):
        os.chown(path, 65534, 65534)
    assert commit(package(clone)).startswith(f"unknown (detected dubious ownership in repository at '{clone}'")


def test_a_repository_without_commits_is_unknown_and_says_why(clone):
    shutil.rmtree(clone / ".git")
    git(clone, "init", "--quiet")
    git(clone, "add", ".")
    assert commit(package(clone)).startswith("unknown (")


def test_the_workflow_of_another_checkout_is_refused(clone, tmp_path):
    with pytest.raises(NascopeError, match=r"clone/src/nascope, but Python imports nascope from .*--editable"):
        check_checkout(clone)
    check_checkout(ROOT)
    (tmp_path / "link").symlink_to(ROOT)
    check_checkout(tmp_path / "link")
    check_checkout(tmp_path)  # a workflow without a package of its own
    with pytest.raises(NascopeError, match="braces in the path of a workflow for wildcards; rename it"):
        check_checkout(tmp_path / "x{y}" / "clone")
