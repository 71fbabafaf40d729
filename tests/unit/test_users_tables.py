"""Impossible values in the user's own tables: one message that names file, column and row."""

import random

import numpy as np
import pandas as pd
import pytest

from nascope.errors import NascopeError
from nascope.oracles.extended import read_extended
from nascope.oracles.users_curves import read_curves
from nascope.oracles.users_files import named_by, read_users_file
from tests.helpers import fuzz
from tests.unit.test_damage import damages


@pytest.fixture(scope="module")
def wide(shared_data):
    return pd.read_parquet(shared_data / "nasbench201" / "nb201.parquet")


@pytest.fixture(scope="module")
def curves(shared_data):
    whole = pd.read_parquet(shared_data / "nasbench201" / "nb201_curves_200archs.parquet")
    return whole[whole["arch_index"] < 5].reset_index(drop=True)


VALID, LOSS = "cifar10-valid/val_acc_seed1", "cifar10-valid/test_loss"


def changed(table, column, row, value):
    values = table[column].astype(object if isinstance(value, str) else float).copy()
    values[row] = value
    return table.assign(**{column: values})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(**{VALID: t[VALID] / 100}), rf"column {VALID}: no value is above 1; .*multiply by 100"),
        (lambda t: t.assign(**{VALID: 100 - t[VALID]}), rf"column {VALID}: the cell without operations has 90.*errors"),
        (lambda t: changed(t, VALID, 41, -1), rf"column {VALID}, row 42: -1 is not an accuracy in percent"),
        (lambda t: changed(t, VALID, 0, np.inf), rf"column {VALID}, row 1: inf is not an accuracy"),
        (lambda t: changed(t, VALID, 3, 1e9), rf"column {VALID}, row 4: 1e\+09 is not an accuracy"),
        (lambda t: changed(t, LOSS, 3, -0.1), rf"column {LOSS}, row 4: -0\.1 is not a number of zero or more"),
        (lambda t: changed(t, LOSS, 3, np.inf), rf"column {LOSS}, row 4: inf is not a number"),
        (lambda t: t.assign(**{VALID: (t[VALID] < 50)}), rf"column {VALID}, row 1: '\w+' is text or no number"),
        (lambda t: t.assign(**{VALID: t[VALID].map("{:.3f}%".format)}), rf"column {VALID}, row 1: '.*%' is text"),
        (lambda t: t.assign(**{VALID: t[VALID].astype(str)}), rf"column {VALID}, row 1: '.*' is text"),
        (lambda t: t.assign(arch_str=t["arch_str"].iloc[0]), "15625 rows, 1 different cells"),
    ],
)
def test_impossible_values_of_a_wide_table_are_refused(wide, tmp_path, change, message):
    names = ["arch_str", VALID, LOSS, "cifar10-valid/val_acc_seed0"]
    change(wide[names]).to_parquet(tmp_path / "mine.parquet")
    with pytest.raises(NascopeError, match=rf"mine\.parquet.*{message}"):
        read_extended(tmp_path / "mine.parquet")


def test_missing_runs_stay_missing(wide, tmp_path):
    third = "cifar100/val_acc_seed2"
    wide[["arch_str", "cifar100/val_acc_seed0", third]].assign(**{LOSS: None}).to_csv(tmp_path / "mine.CSV")
    table = read_extended(tmp_path / "mine.CSV")
    assert (table["seed"] == 2).sum() == wide[third].notna().sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(val_acc=t["val_acc"] / 100), "column val_acc: no value is above 1"),
        (lambda t: t.assign(train_acc=t["train_acc"] / 100), "column train_acc: no value is above 1"),
        (lambda t: t.assign(val_acc=100 - t["val_acc"]), "column val_acc: the median falls .* these are errors"),
        (lambda t: changed(t, "val_acc", 7, -1), "column val_acc, row 8: -1 is not an accuracy"),
        (lambda t: changed(t, "val_acc", 7, np.nan), "column val_acc, row 8: there is no value"),
        (lambda t: changed(t, "val_acc", 7, "n/a?"), r"column val_acc, row 8: 'n/a\?' is text"),
        (lambda t: pd.concat([t, t]), r"row 1001: cell \d+ has epoch 0 twice"),
        (lambda t: t.assign(epoch=t["epoch"] + 1), "column epoch, row 200: 200 is not an epoch from 0 to 199"),
        (lambda t: pd.concat([t, t.tail(1).assign(epoch=200)]), "column epoch, row 1001: 200 is not an epoch"),
        (lambda t: t.iloc[1:], r"row 200: epoch 0 is there for 4 of 5 cells"),
        (lambda t: changed(t, "epoch", 2, 1.5), r"column epoch, row 3: 1\.5 is not a whole number"),
        (lambda t: changed(t, "arch_str", 2, "|bad~0|"), "row 3: malformed cell"),
        (lambda t: changed(t, "arch_str", 2, "|skip_connect~0|"), "row 3: not a cell of the NAS-Bench-201 space with"),
    ],
)
def test_impossible_curves_are_refused(curves, tmp_path, change, message):
    change(curves).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(NascopeError, match=rf"mine\.csv.*{message}"):
        read_curves(tmp_path / "mine.csv")


def test_the_option_that_names_a_wrong_file_is_said(tmp_path):
    (tmp_path / "page.parquet").write_text("<html>not found</html>")
    with (
        pytest.raises(NascopeError, match=r"config, nasbench201\.histories: .*page\.parquet: not a readable Parquet"),
        named_by("nasbench201.histories"),
    ):
        read_users_file(tmp_path / "page.parquet")


def test_two_columns_of_one_name_are_refused(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "x.parquet")
    with pytest.raises(NascopeError, match=r"x\.parquet: .*a"):
        read_users_file(tmp_path / "x.parquet")


@pytest.mark.parametrize("name", ["x.parquet", "x.csv"])
def test_damaged_files_of_users_are_tables_or_one_message(tmp_path, name):
    """Other programs write no sums, so that other values may come of it; the ranges of columns are checked later."""
    table, path = (
        pd.DataFrame({"arch_str": [f"cell {row}" for row in range(99)], "v": np.arange(99) / 7}),
        tmp_path / name,
    )
    table.to_parquet(path) if name == "x.parquet" else table.to_csv(path, index=False)
    refused = 0
    for content in damages(path.read_bytes(), fuzz(150, 500), random.Random(0)):
        path.write_bytes(content)
        try:
            assert isinstance(read_users_file(path), pd.DataFrame)
        except NascopeError as error:
            message = str(error)
            assert str(path) in message
            assert message.isprintable()
            refused += 1
    assert refused > 20


def test_pandas_index_is_a_column_and_page_sums_are_checked(tmp_path):
    table = pd.DataFrame({"arch_str": ["a", "b"], "v": [1.0, 2.0]}).set_index("arch_str")
    path = tmp_path / "x.parquet"
    table.to_parquet(path, write_page_checksum=True, compression=None)
    assert set(read_users_file(path)) == {"arch_str", "v"}
    path.write_bytes(path.read_bytes().replace(np.array([1.0, 2.0]).tobytes(), np.array([1.0, 3.0]).tobytes()))
    with pytest.raises(NascopeError, match="not a readable Parquet"):
        read_users_file(path)
