"""Paths that Snakemake could not take as inputs are refused when the configuration is read."""

import pytest

from nascope.errors import NascopeError
from nascope.workflow.paths import check_paths
from nascope.workflow.read import read_config
from tests.unit.test_config import merged


def with_file(path):
    options = {"path": str(path), "seeds": [0]}
    study = {"kind": "listed", "dataset": "digits", "protocol": "digits_nasbench201", "options": options}
    return read_config(merged({"studies": {"mine": study}}))


def test_braces_in_the_name_of_a_file_are_one_message(tmp_path):
    (tmp_path / "m{q}.csv").touch()
    with pytest.raises(NascopeError, match=r"config, studies\.mine\.options\.path: .*braces in .*m\{q\}\.csv.*rename"):
        check_paths(with_file(tmp_path / "m{q}.csv"))
    with pytest.raises(NascopeError, match=r"config, nasbench201\.table: .*rename"):
        check_paths(read_config(merged({"nasbench201": {"table": str(tmp_path / "m{q}.csv")}})))


def test_braces_elsewhere_and_other_odd_names_pass(tmp_path):
    (tmp_path / "m q$.csv").touch()
    check_paths(with_file(tmp_path / "m q$.csv"))
    check_paths(with_file("{'normal': [['skip_connect', 0]]}" * 200))  # a genotype in JSON is no path
