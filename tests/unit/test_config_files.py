"""Texts of configuration files that YAML would read without a word."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nascope.errors import NascopeError
from nascope.workflow.files import check_command, check_files
from tests.helpers import ROOT

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 10)
)


def checked(folder, text):
    path = folder / "mine.yaml"
    path.write_text(text)
    check_files([path])


def test_our_own_files_pass():
    check_files([ROOT / "config.yaml", *(ROOT / "config").glob("*.yaml")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shards: 1\nestimate: {}\nshards: 2\n", r"line 3: 'shards' is given twice, first in line 1"),
        ("studies:\n  a: {kind: listed, kind: listed}\n", r"line 2: 'kind' is given twice"),
        ("__use_yte__: true\nshards: 3\n", r"line 1: templates \(__use_yte__\) run Python code"),
        ("a: [1, 2\nb: 3\n", r"line 2: not valid YAML"),
        ("a: &x [*x]\n", r"line 1: an anchor refers to itself"),
        (BOMB, r"anchors multiply this to more than 200,000 values"),
        ("a:\n\t- 1\n", r"line 2: not valid YAML"),
        ("# nothing\n", r"no keys at its top level"),
        ("- a\n", r"no keys at its top level"),
    ],
)
def test_what_would_be_read_wrongly_is_refused(tmp_path, text, message):
    with pytest.raises(NascopeError, match=rf"mine\.yaml\W.*{message}"):
        checked(tmp_path, text)


def test_shared_anchors_are_fine(tmp_path):
    checked(tmp_path, "cells: &cells [DARTS_V1, DARTS_V2]\nother: {cells: *cells}\n")


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(NascopeError, match=r"none\.yaml: there is no such configuration file; name targets before"):
        check_files([tmp_path / "none.yaml"])
    with pytest.raises(NascopeError, match=r"cannot be read \(Is a directory\)"):
        check_files([tmp_path])
    (tmp_path / "latin.yaml").write_bytes("a: é\n".encode("latin-1"))
    with pytest.raises(NascopeError, match=r"latin\.yaml: not UTF-8"):
        check_files([tmp_path / "latin.yaml"])


def test_files_on_the_command_line_are_checked_and_nothing_else(tmp_path):
    good, broken = tmp_path / "good.yaml", tmp_path / "broken.yaml"
    good.write_text("shards: 3\n")
    broken.write_text("a: [1\n")
    check_command(["-n", "all", "--configfile", str(good), "--cores", "2"])
    check_command(["--cores", "2", str(broken)])
    check_command(["--configfile"])  # Snakemake says that a file is missing
    for words in (["--configfile", str(good), str(broken)], [f"--configfiles={broken}"]):
        with pytest.raises(SystemExit, match=r"^nascope: .*broken\.yaml, line 2: not valid YAML"):
            check_command([*words, "-n"])
    with pytest.raises(
        SystemExit, match=r"^nascope: stacnas: there is no such configuration file; name targets before"
    ):
        check_command(["--configfile", str(good), "stacnas"])


@given(st.text(max_size=80))
def test_any_text_passes_or_is_one_message(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "mine.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with contextlib.suppress(NascopeError):  # any other exception fails
        check_files([path])
