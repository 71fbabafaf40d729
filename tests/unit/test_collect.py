"""Curves of many shards, a part at a time."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nascope.schemas.trainings import CURVES, TRAININGS
from nascope.tables import empty_table, read_table, table_writer, write_table
from nascope.training.collect import collected, key_ranges
from nascope.training.summary import summarise


@pytest.fixture(scope="module")
def curves():
    """Seven keys of 1 to 3 seeds and 4 epochs, in no order."""
    rng = np.random.default_rng(0)
    rows = [
        {"key": f"k{key}", "seed": seed, "epoch": epoch, "status": "ok"}
        for key in range(7)
        for seed in range(1 + key % 3)
        for epoch in range(1, 5)
    ]
    table = pd.DataFrame(rows).sample(frac=1, random_state=0)
    for name in empty_table(CURVES).columns.difference(table.columns):
        table[name] = rng.random(len(table))
    return table[empty_table(CURVES).columns]


@pytest.fixture(scope="module")
def shards(curves, tmp_path_factory):
    """The curves in three files, and one that is empty; seeds of a key lie in several."""
    folder = tmp_path_factory.mktemp("shards")
    paths = [folder / f"{shard}.parquet" for shard in range(4)]
    for shard, path in enumerate(paths):
        write_table(curves[curves["seed"] == shard], CURVES, path, {})
    return paths


@given(st.integers(1, 80))
def test_parts_are_the_ordered_whole(curves, shards, part):
    parts = list(collected(shards, part))
    whole = curves.sort_values(["key", "seed", "epoch"], ignore_index=True)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    # A key is never torn, so a part is larger only where a single key is.
    assert all(len(rows) <= max(part, 12) for rows in parts)
    assert len(key_ranges(shards, part)) == len(parts)


def test_summaries_of_parts_are_those_of_the_whole(curves, shards, tmp_path):
    with table_writer(TRAININGS, tmp_path / "t.parquet", {}) as write:
        for part in collected(shards, 10):
            write(summarise(part, "d", "p", "h"))
    written = read_table(tmp_path / "t.parquet", TRAININGS)
    whole = summarise(curves, "d", "p", "h")
    pd.testing.assert_frame_equal(written, whole[list(written.columns)], check_dtype=False)


def test_no_rows_at_all(tmp_path):
    write_table(empty_table(CURVES), CURVES, tmp_path / "e.parquet", {})
    assert list(collected([tmp_path / "e.parquet"])) == []
