import os

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from nascope.errors import NascopeError
from nascope.provenance import code_version, content_hash, provenance
from nascope.schemas import TABLES
from nascope.tables import document, empty_table, read_inputs, read_table, table_writer, write_table
from tests.helpers import ROOT

PLAN = pd.DataFrame(
    {"key": ["k"], "representative": ["g"], "seeds": [[0, 1]], "cost": [2.0], "weights": [False], "shard": [0]}
)


def test_round_trip_with_units_and_provenance(tmp_path):
    path = tmp_path / "deep" / "plan.parquet"
    write_table(PLAN, "plan", path, provenance({"shards": 3}))
    found = read_table(path, "plan")
    assert_frame_equal(found.drop(columns="seeds"), PLAN.drop(columns="seeds"))
    assert list(found["seeds"][0]) == [0, 1]
    schema = pq.read_schema(path)
    assert schema.field("cost").metadata[b"description"]
    assert schema.metadata[b"nascope.config_hash"] == content_hash({"shards": 3}).encode()
    assert b"torch" in schema.metadata[b"nascope.packages"]


def test_written_bytes_depend_on_content_only(tmp_path):
    for name in ("a", "b"):
        write_table(PLAN, "plan", tmp_path / name, {"config": "c"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_wrong_columns_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="columns"):
        write_table(PLAN.drop(columns="cost"), "plan", tmp_path / "x.parquet", {})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_table(PLAN, "plan", tmp_path / "x.parquet", {})
    assert os.listdir(tmp_path) == []


def test_some_rows_of_a_table_are_read(tmp_path):
    write_table(PLAN, "plan", tmp_path / "x.parquet", {})
    key = PLAN["key"].iloc[0]
    found = read_table(tmp_path / "x.parquet", "plan", [("key", "==", key)])
    assert_frame_equal(found, PLAN[PLAN["key"] == key].reset_index(drop=True), check_dtype=False)
    assert read_table(tmp_path / "x.parquet", "plan", [("key", "==", "no such")]).empty


def test_a_table_grows_frame_by_frame(tmp_path):
    with table_writer("plan", tmp_path / "x.parquet", {"config": "c"}) as write:
        write(PLAN)
        assert not (tmp_path / "x.parquet").exists()
        write(PLAN)
    assert len(read_table(tmp_path / "x.parquet", "plan")) == 2 * len(PLAN)
    assert pq.read_schema(tmp_path / "x.parquet").metadata[b"nascope.config"] == b"c"


def test_missing_truncated_and_foreign_files_are_named(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(NascopeError, match=r"x\.parquet: no such file; run the workflow"):
        read_table(path, "plan")
    write_table(PLAN, "plan", path, {})
    with pytest.raises(NascopeError, match="not a curves table"):
        read_table(path, "curves")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(NascopeError, match=r"not a whole Parquet file"):
        read_table(path, "plan")


def test_inputs_are_read_by_kind(tmp_path):
    write_table(PLAN, "plan", tmp_path / "x", {})
    found = read_inputs({"plan": str(tmp_path / "x"), "own_plan": str(tmp_path / "x")})
    assert set(found) == {"plan", "own_plan"}
    several = read_inputs({"plan": [str(tmp_path / "x")], "own_plan": [str(tmp_path / "x")] * 2})
    assert [len(tables) for tables in several.values()] == [1, 2]
    assert several["own_plan"][1].equals(found["plan"])


@pytest.mark.parametrize("kind", TABLES)
def test_every_column_is_described(kind):
    assert empty_table(kind).empty
    for column in TABLES[kind].columns:
        assert column.description


def test_the_dictionary_of_tables_is_current():
    assert (ROOT / "docs" / "tables.md").read_text() == document(), "run `make docs`"


def test_code_version_follows_the_named_modules_only():
    assert code_version("training", "spaces") == code_version("spaces", "training")
    assert code_version("training") != code_version("spaces")
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
