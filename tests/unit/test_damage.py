"""Flipped bits and zeroed ranges in files of ours: nothing damaged is read as other values."""

import random

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from pandas.testing import assert_frame_equal

from nascope.errors import DamagedTableError
from nascope.schemas.trainings import PLAN
from nascope.tables import read_table, table_writer, write_figure_data
from nascope.training.checkpoint import load_checkpoint, save_checkpoint
from nascope.training.store import Store
from tests.helpers import fuzz

FRAME = pd.DataFrame(
    {"key": ["k"], "representative": ["g"], "seeds": [[0, 1]], "cost": [2.0], "weights": [False], "shard": [0]}
)


def damages(content, count, chance):
    """Copies of a file's content with a flipped bit or (one in four) a zeroed range; never the content itself."""
    made = 0
    while made < count:
        damaged = bytearray(content)
        place = chance.randrange(len(content))
        if chance.random() < 0.25:
            end = min(len(content), place + chance.randint(1, 64))
            damaged[place:end] = bytes(end - place)
        else:
            damaged[place] ^= 1 << chance.randrange(8)
        if damaged != content:
            made += 1
            yield bytes(damaged)


def test_no_damage_is_read_as_other_values(tmp_path):
    """Page checksums alone let 1 in 100 pass, or leave Arrow waiting for ever: they do not cover headers and footer."""
    path = tmp_path / "x.parquet"
    frames = [FRAME.assign(key=str(number), cost=number / 7) for number in range(300)]
    with table_writer(PLAN, path, {"config": "c" * 500}) as write:
        write(pd.concat(frames[:200]))
        write(pd.concat(frames[200:]))
    whole, right, refused = path.read_bytes(), read_table(path, PLAN), 0
    for content in damages(whole, fuzz(300, 500), random.Random(0)):
        path.write_bytes(content)
        try:
            assert_frame_equal(read_table(path, PLAN), right)  # only the seal's own mark was hit
        except DamagedTableError as error:
            assert str(path) in str(error)  # noqa: PT017 - of hundreds, some may be read
            refused += 1
    assert refused > 0.96 * fuzz(300, 500)


def test_other_readers_see_page_checksums_too(tmp_path):
    write_figure_data(FRAME, tmp_path / "x.parquet", {})
    assert pd.read_parquet(tmp_path / "x.parquet").shape == FRAME.shape
    content = bytearray((tmp_path / "x.parquet").read_bytes())
    costs = pq.ParquetFile(tmp_path / "x.parquet").metadata.row_group(0).column(3)
    content[costs.dictionary_page_offset + costs.total_compressed_size - 1] ^= 1
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.read_table(tmp_path / "x.parquet", page_checksum_verification=True)


def test_tables_of_others_and_of_earlier_versions_are_read(tmp_path):
    pq.write_table(pa.Table.from_pandas(FRAME), tmp_path / "x.parquet")
    assert len(read_table(tmp_path / "x.parquet", PLAN)) == 1


def test_no_damaged_checkpoint_is_resumed(tmp_path, caplog):
    path = tmp_path / "x.checkpoint"
    save_checkpoint(path, {"tensor": torch.arange(500.0), "rows": [{"a": 1.5}]})
    whole = path.read_bytes()
    for content in damages(whole, fuzz(300, 500), random.Random(0)):
        path.write_bytes(content)
        caplog.clear()
        assert load_checkpoint(path) is None
        assert f"checkpoint {path} is unreadable" in caplog.text
    path.write_bytes(whole)
    assert load_checkpoint(path)["tensor"].sum() == 499 * 250


def test_damaged_weights_are_trained_again(tmp_path):
    store = Store(tmp_path, {})
    store.put_weights("k", [0], {0: {"w": torch.zeros(100)}})
    assert store.has_weights("k", [0])
    path = store.weights_path("k", [0])
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert not store.has_weights("k", [0])
