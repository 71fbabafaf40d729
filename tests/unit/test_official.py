"""The official files, made here in their own structure from three cells' real records, by the authors' own classes."""

import bz2
import pickle
import subprocess
import sys
from collections import OrderedDict

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from nas_201_api import NASBench201API
from nas_201_api.api_utils import ArchResults, ResultsCount

from nascope.errors import NascopeError
from nascope.oracles.histories import more_info
from nascope.oracles.official import read_official
from nascope.oracles.published import read_published
from nascope.oracles.records import cell_benchmark, cell_histories
from nascope.oracles.users_curves import read_curves
from nascope.schemas.searches import BENCHMARK, HISTORIES
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.tables import read_table, table_writer
from tests.helpers import ROOT

EVALUATIONS = ("x-valid", "x-test", "ori-test")


def result(runs, facts, *, timed):
    """One run as the authors' code fills it: curves by epoch, evaluations by "set@epoch".

    In the real records of 200-epoch runs most sets were evaluated after the last epoch only, and the first version of
    the file had no times.
    """
    first = runs.iloc[0]
    by_epoch = {name: dict(zip(runs["epoch"].tolist(), runs[name].tolist(), strict=True)) for name in runs}
    config = {"channel": 16, "num_cells": 5, "arch_str": first["arch_str"], "class_num": 10}
    shape = (float(facts["params_M"]), float(facts["flops_M"]), config, int(first["seed"]), len(runs), None)
    made = ResultsCount("net", None, by_epoch["train_acc"], by_epoch["train_loss"], *shape)
    times = by_epoch["train_time_s"] if timed else None
    made.update_train_info(by_epoch["train_acc"], None, by_epoch["train_loss"], times)
    made.update_latency([float(facts["latency_s"])])
    for name in EVALUATIONS:
        done = runs[runs[f"{name}_acc"].notna()]
        if len(done):
            scores = [
                dict(zip(done["epoch"].tolist(), done[f"{name}_{kind}"], strict=True)) for kind in ("acc", "loss")
            ]
            made.update_OLD_eval(name, *scores)
            if timed:
                made.reset_pseudo_eval_times(name, 1.5 + len(name))
    return made


@pytest.fixture(scope="module")
def archive(shared_data):
    """The dictionary that the official file holds, for cells 0, 11 and 284."""
    folder = shared_data / "nasbench201"
    curves = pd.read_parquet(folder / "nb201_curves_3archs.parquet")
    facts = pd.read_csv(folder / "nb201_runs_3archs.csv").set_index(["arch_index", "epochs_total", "dataset", "seed"])
    infos = {}
    for index, of_cell in curves.groupby("arch_index"):
        infos[int(index)] = {}
        for epochs, name in ((12, "less"), (200, "full")):
            records = ArchResults(index, of_cell["arch_str"].iloc[0])
            for (dataset, seed), runs in of_cell[of_cell["epochs_total"] == epochs].groupby(["dataset", "seed"]):
                key = (index, epochs, dataset, seed)
                records.update(
                    dataset, int(seed), result(runs.reset_index(drop=True), facts.loc[key], timed=index != 284)
                )
            infos[int(index)][name] = records.state_dict()
    names = [str(cell) for cell in enumerate_cells(4)]
    return {"meta_archs": names, "arch2infos": infos, "evaluated_indexes": sorted(infos)}


def read(path):
    found = []
    read_official(
        path, lambda index, text, runs: found.append((cell_histories(index, runs), cell_benchmark(index, text, runs)))
    )
    histories, benchmark = (pd.concat(parts, ignore_index=True) for parts in zip(*found, strict=True))
    order = ["index", "dataset", "epochs", "seed"]
    return (
        histories.sort_values([*order, "split", "epoch"], ignore_index=True),
        benchmark.sort_values(order, ignore_index=True),
    )


@pytest.fixture(scope="module")
def tables(archive, tmp_path_factory):
    path = tmp_path_factory.mktemp("official") / "NAS-Bench-201-v1_1-096897.pth"
    torch.save(archive, path, _use_new_zipfile_serialization=False)
    return read(path)


def nats_directory(archive, folder):
    """The same records as NATS-Bench packs them: a bzip2 pickle a cell, and one with the strings."""
    for index, infos in archive["arch2infos"].items():
        content = OrderedDict({"12": infos["less"], "200": infos["full"]})
        (folder / f"{index:06d}.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps(content, protocol=4)))
    (folder / "meta.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps({"meta_archs": archive["meta_archs"]})))
    return folder


def zipped(archive, folder):
    torch.save(archive, folder / "new.pth")
    return folder / "new.pth"


def whole_nats(archive, folder):
    path = folder / "NATS-tss-v1_0-3ffb9.pickle.pbz2"
    path.write_bytes(bz2.compress(pickle.dumps(archive, protocol=4)))
    return path


@pytest.mark.parametrize("pack", [zipped, nats_directory, whole_nats])
def test_every_format_gives_the_same_tables(archive, tables, tmp_path, pack):
    for ours, theirs in zip(read(pack(archive, tmp_path)), tables, strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


def test_histories_hold_every_record(tables, shared_data):
    histories, _ = tables
    curves = pd.read_parquet(shared_data / "nasbench201" / "nb201_curves_3archs.parquet")
    cifar10 = curves["dataset"].isin(["cifar10", "cifar10-valid"])  # the whole test set is its test set
    expected = {
        "train": curves["train_acc"],
        "valid": curves["x-valid_acc"],
        "test": curves["x-test_acc"].where(~cifar10, curves["ori-test_acc"]),
        "valid+test": curves["ori-test_acc"].where(~cifar10),
    }
    order = ["arch_index", "dataset", "epochs_total", "seed", "epoch"]
    for split, accuracies in expected.items():
        theirs = curves.assign(expected=accuracies).sort_values(order)["expected"].dropna()
        ours = histories.loc[histories["split"] == split, "accuracy"].dropna()
        np.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy())


@pytest.mark.parametrize("dataset", ["cifar10-valid", "cifar10", "cifar100", "ImageNet16-120"])
@pytest.mark.parametrize("epochs", [12, 200])
def test_more_info_answers_as_the_authors_api(archive, tables, dataset, epochs):
    api = NASBench201API(archive, verbose=False)
    histories, benchmark = tables
    for index in archive["arch2infos"]:
        runs = benchmark[(benchmark["index"] == index) & (benchmark["dataset"] == dataset)]
        seeds = runs.loc[runs["epochs"] == epochs, "seed"].tolist()
        for seed in [None, *seeds]:
            for epoch in (None, 1, epochs // 2):
                iepoch = None if epoch is None else epoch - 1
                chosen = False if seed is None else seed
                theirs = api.get_more_info(index, dataset, iepoch=iepoch, hp=str(epochs), is_random=chosen)
                ours = more_info(histories, index, dataset, epochs=epochs, epoch=epoch, seed=seed)
                assert set(ours) == set(theirs)
                assert {name for name in ours if ours[name] is None} == {n for n in theirs if theirs[n] is None}
                for name in (name for name in theirs if theirs[name] is not None):
                    value = theirs[name]
                    assert ours[name] == pytest.approx(value, rel=1e-12), (index, seed, epoch, name)


def test_more_info_names_what_is_missing(tables):
    with pytest.raises(NascopeError, match="no 90-epoch run of cell 0 on cifar10 with seed None"):
        more_info(tables[0], 0, "cifar10", epochs=90)
    with pytest.raises(NascopeError, match="has epoch 13"):
        more_info(tables[0], 0, "cifar10", epochs=12, epoch=13)


def test_benchmark_equals_the_merged_table(tables, shared_data):
    _, benchmark = tables
    wide = pd.read_parquet(shared_data / "nasbench201" / "nb201.parquet").set_index("arch_index")
    long = benchmark[benchmark["epochs"] == 200]
    for index in (0, 11, 284):
        rows, known = long[long["index"] == index].groupby("dataset"), wide.loc[index]
        for dataset in ("cifar10-valid", "cifar100", "ImageNet16-120"):
            mean = rows["valid_accuracy"].mean()[dataset]
            assert mean == pytest.approx(known[f"{dataset}/val_acc_mean"], abs=1e-4)
        assert rows["test_accuracy"].mean()["cifar10"] == pytest.approx(known["cifar10/test_acc_mean"], abs=1e-4)
        assert rows["parameters"].first()["cifar10"] == round(1e6 * known["cifar10-valid/params_M"])


@pytest.mark.parametrize("pack", [zipped, nats_directory])
def test_the_workflow_reads_official_files_into_both_tables(archive, tables, tmp_path, monkeypatch, pack):
    monkeypatch.setattr("nascope.oracles.published._ROWS_AT_ONCE", 5_000)  # several parts
    with table_writer(HISTORIES, tmp_path / "histories.parquet", {}) as write:
        benchmark = read_published(pack(archive, tmp_path), write)
    order = ["index", "dataset", "epochs", "seed"]
    pd.testing.assert_frame_equal(benchmark.sort_values(order, ignore_index=True), tables[1])
    assert set(benchmark.columns) == set(BENCHMARK.schema().names)
    written = read_table(tmp_path / "histories.parquet", HISTORIES).sort_values([*order, "split", "epoch"])
    pd.testing.assert_frame_equal(written.reset_index(drop=True)[tables[0].columns], tables[0])
    assert pq.ParquetFile(tmp_path / "histories.parquet").num_row_groups > 1


def test_other_sources_have_no_histories(shared_data):
    parts = []
    table = read_published(shared_data / "nasbench201" / "nb201.parquet", parts.append)
    assert table["index"].nunique() == 15_625
    assert sum(map(len, parts)) == 0


class Hostile:
    def __reduce__(self):
        return (print, ("this code must not run",))


@pytest.mark.parametrize("pack", [zipped, nats_directory, whole_nats])
def test_a_hostile_pickle_is_refused_and_not_run(archive, tmp_path, capsys, pack):
    infos = {0: {"less": Hostile(), "full": archive["arch2infos"][0]["full"]}}
    with pytest.raises(NascopeError, match=r"refused.*builtins\.print"):
        read(pack({**archive, "arch2infos": infos}, tmp_path))
    assert "must not run" not in capsys.readouterr().out


def test_truncated_foreign_and_missing_files_are_named(archive, tmp_path):
    whole = tmp_path / "old.pth"
    torch.save(archive, whole, _use_new_zipfile_serialization=False)
    (tmp_path / "cut.pth").write_bytes(whole.read_bytes()[:-5000])
    with pytest.raises(NascopeError, match=r"cut\.pth: the file is truncated"):
        read(tmp_path / "cut.pth")
    packed = whole_nats(archive, tmp_path)
    (tmp_path / "cut.pbz2").write_bytes(packed.read_bytes()[:-500])
    with pytest.raises(NascopeError, match="truncated"):
        read(tmp_path / "cut.pbz2")
    (tmp_path / "text.pth").write_text("not a pickle")
    with pytest.raises(NascopeError, match=r"text\.pth: refused"):
        read(tmp_path / "text.pth")
    torch.save({"weights": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(NascopeError, match="no records of NAS-Bench-201 cells"):
        read(tmp_path / "other.pth")
    with pytest.raises(NascopeError, match="no such file or directory"):
        read(tmp_path / "absent.pth")
    swapped = {**archive, "arch2infos": {0: archive["arch2infos"][11]}}
    swapped["arch2infos"][0]["full"]["arch_index"] = 0
    with pytest.raises(NascopeError, match=r"cell 0 is .* which is number 11 officially"):
        read(zipped(swapped, tmp_path))


SCRIPT = """
import sys
from nascope.oracles.official import read_official
from nascope.oracles.records import cell_histories

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))

before, seen = peak(), []
read_official(sys.argv[1], lambda index, text, runs: seen.append(len(cell_histories(0, runs))))
print(len(seen), peak() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of memory from /proc")
def test_memory_does_not_grow_with_the_file(archive, tmp_path):
    """100 cells are 40 MB on disk and hundreds as Python objects; read, only a little of each stays."""
    infos = {index: pickle.loads(pickle.dumps(archive["arch2infos"][11])) for index in range(100)}
    torch.save({**archive, "arch2infos": infos}, tmp_path / "big.pth", _use_new_zipfile_serialization=False)
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "big.pth")], capture_output=True, text=True, check=True, cwd=ROOT
    )
    cells, megabytes = found.stdout.split()
    assert int(cells) == 200
    assert float(megabytes) < 30


def test_the_users_curves_are_read(shared_data, tmp_path):
    path = shared_data / "nasbench201" / "nb201_curves_200archs.parquet"
    histories = read_curves(path)
    wide = pd.read_parquet(path)
    valid = histories[histories["split"] == "valid"]
    assert len(valid) == 200 * 200
    assert valid["epoch"].min() == 1
    assert valid["epochs"].unique().tolist() == [200]
    np.testing.assert_array_equal(valid["accuracy"], wide["val_acc"])
    np.testing.assert_array_equal(valid["index"], wide["arch_index"])
    wide.drop(columns="val_acc").to_csv(tmp_path / "mine.csv")
    with pytest.raises(NascopeError, match=r"mine\.csv: columns val_acc are missing"):
        read_curves(tmp_path / "mine.csv")
