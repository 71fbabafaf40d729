import os

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from nascope.errors import NascopeError
from nascope.hashing import content_hash
from nascope.provenance import provenance
from nascope.schemas.catalogue import TABLES, document
from nascope.schemas.trainings import CURVES, PLAN
from nascope.tables import empty_table, read_table, table_writer, write_table
from tests.helpers import ROOT

FRAME = pd.DataFrame(
    {"key": ["k"], "representative": ["g"], "seeds": [[0, 1]], "cost": [2.0], "weights": [False], "shard": [0]}
)


def test_round_trip_with_units_and_provenance(tmp_path):
    path = tmp_path / "deep" / "plan.parquet"
    write_table(FRAME, PLAN, path, provenance({"shards": 3}))
    found = read_table(path, PLAN)
    assert_frame_equal(found.drop(columns="seeds"), FRAME.drop(columns="seeds"))
    assert list(found["seeds"][0]) == [0, 1]
    schema = pq.read_schema(path)
    assert schema.field("cost").metadata[b"description"]
    assert schema.metadata[b"nascope.config_hash"] == content_hash({"shards": 3}).encode()
    assert b"torch" in schema.metadata[b"nascope.packages"]


def test_written_bytes_depend_on_content_only(tmp_path):
    for name in ("a", "b"):
        write_table(FRAME, PLAN, tmp_path / name, {"config": "c"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_wrong_columns_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="columns"):
        write_table(FRAME.drop(columns="cost"), PLAN, tmp_path / "x.parquet", {})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_table(FRAME, PLAN, tmp_path / "x.parquet", {})
    assert os.listdir(tmp_path) == []


def test_some_rows_of_a_table_are_read(tmp_path):
    write_table(FRAME, PLAN, tmp_path / "x.parquet", {})
    key = FRAME["key"].iloc[0]
    found = read_table(tmp_path / "x.parquet", PLAN, [("key", "==", key)])
    assert_frame_equal(found, FRAME[FRAME["key"] == key].reset_index(drop=True), check_dtype=False)
    assert read_table(tmp_path / "x.parquet", PLAN, [("key", "==", "no such")]).empty


def test_a_table_grows_frame_by_frame(tmp_path):
    with table_writer(PLAN, tmp_path / "x.parquet", {"config": "c"}) as write:
        write(FRAME)
        assert not (tmp_path / "x.parquet").exists()
        write(FRAME)
    assert len(read_table(tmp_path / "x.parquet", PLAN)) == 2 * len(FRAME)
    assert pq.read_schema(tmp_path / "x.parquet").metadata[b"nascope.config"] == b"c"


def test_missing_truncated_and_foreign_files_are_named(tmp_path):
    path = tmp_path / "x.parquet"
    with pytest.raises(NascopeError, match=r"x\.parquet: no such file; run the workflow"):
        read_table(path, PLAN)
    write_table(FRAME, PLAN, path, {})
    with pytest.raises(NascopeError, match="not a curves table"):
        read_table(path, CURVES)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(NascopeError, match=r"not a whole Parquet file"):
        read_table(path, PLAN)


@pytest.mark.parametrize("kind", TABLES.values(), ids=TABLES)
def test_every_column_is_described(kind):
    assert empty_table(kind).empty
    for column in kind.columns:
        assert column.description


def test_the_dictionary_of_tables_is_current():
    assert (ROOT / "docs" / "tables.md").read_text() == document(), "run `make docs`"


def test_a_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
