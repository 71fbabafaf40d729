"""Tests of the tables that come with nascope: their numbers, how they are made, and what takes their place."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

from nascope.analysis.early import early_accuracies, early_correlations, early_runs
from nascope.analysis.ranking import correlations, expected_among_best, mean_scores, normal_scores
from nascope.analysis.whole_tables import by_genotype, distances_to_best, importances, local_optima, task_table
from nascope.errors import NascopeError
from nascope.loading import load
from nascope.oracles.tabular import longest_schedule
from nascope.papers.nasbench201.claims import cells, epochs, spaces, transfer
from nascope.papers.nasbench201.reference import TABLE_5C
from nascope.schemas.results import EVIDENCE
from nascope.schemas.searches import BENCHMARK, HISTORIES
from nascope.shipped import pack
from nascope.shipped.nasbench201 import shipped_benchmark, shipped_histories
from nascope.shipped.readers import READERS

VALID = ["cifar10-valid valid", "cifar100 valid", "ImageNet16-120 valid"]


@pytest.fixture(scope="module")
def benchmark():
    return shipped_benchmark()


@pytest.fixture(scope="module")
def scores(benchmark):
    return mean_scores(benchmark)


@pytest.fixture(scope="module")
def tasks():
    return load(READERS["tasks"])()


def test_the_benchmark_has_all_that_table_5_reports(benchmark, scores):
    assert set(benchmark.columns) == set(BENCHMARK.schema().names)
    assert list(scores) == list(TABLE_5C)
    assert len(scores) == 15_625
    short = benchmark[benchmark["epochs"] == 12]
    assert short.groupby("dataset")["index"].nunique().tolist() == [15_625] * 4
    assert (short.dropna(subset=["train_seconds"])["train_seconds"] > 0).all()


def test_rows_of_table_5_are_those_of_the_table(benchmark):
    tests = [cells.best_cells, cells.optimal_row, cells.resnet_row, cells.skips_only, cells.resnet_is_good]
    assert [test(benchmark).verdict for test in tests] == ["holds"] * 5


def test_correlations_between_data_sets(scores):
    table = correlations(scores, "cifar10 test", [92, 93])
    sizes = table.drop_duplicates("subset").set_index("subset")["cells"]
    assert sizes.tolist() == [15_625, 4_889, 1_435]
    pair = table[(table["first"] == "cifar10 test") & (table["second"] == "cifar100 test")]
    assert pair["pearson"].tolist() == pytest.approx([0.957, 0.855, 0.745], abs=0.001)


def test_range_restriction_explains_part_of_what_is_lost_at_the_top(benchmark, scores):
    normal = {name: normal_scores(scores[name].to_numpy()) for name in VALID}
    first = normal[VALID[0]]
    best = np.zeros(len(first), dtype=bool)
    best[np.argsort(-first, kind="stable")[:1_435]] = True
    expected = [expected_among_best(first, normal[name], best) for name in VALID[1:]]
    seen = [np.corrcoef(first[best], normal[name][best])[0, 1] for name in VALID[1:]]
    assert expected == pytest.approx([0.855, 0.794], abs=0.002)
    assert seen == pytest.approx([0.697, 0.520], abs=0.002)
    found = transfer.transfer_fades(benchmark, score="cifar10 test", thresholds=(92, 93))
    assert found.verdict == "holds"


def test_twelve_epochs_against_200(benchmark, scores):
    short = mean_scores(benchmark[benchmark["epochs"] == 12], ("valid",))
    assert list(short) == VALID
    pearson = [np.corrcoef(short[name], scores[name])[0, 1] for name in VALID]
    spearman = [spearmanr(short[name], scores[name]).statistic for name in VALID]
    assert pearson == pytest.approx([0.912, 0.871, 0.904], abs=0.0006)
    assert spearman == pytest.approx([0.823, 0.823, 0.825], abs=0.0006)
    assert epochs.table_6_reproduced(benchmark).verdict == "holds"
    matter = [importances(by_genotype(table[VALID], benchmark)) for table in (short, scores)]
    rhos = [spearmanr(matter[0][name], matter[1][name]).statistic for name in VALID]
    assert (min(rhos), max(rhos)) == pytest.approx((0.81, 0.83), abs=0.006)
    assert spaces.importance_is_early(benchmark).verdict == "holds"


def test_curves_of_200_cells(benchmark, scores):
    histories = shipped_histories()
    assert set(histories.columns) == set(HISTORIES.schema().names)
    curves = early_accuracies(histories, "cifar10-valid")
    assert curves.shape == (200, 200)
    final = scores.loc[curves.index, VALID[0]]
    np.testing.assert_allclose(curves[200], final, atol=1e-4)
    assert kendalltau(curves[12], final).statistic == pytest.approx(0.61, abs=0.005)
    short = mean_scores(benchmark[benchmark["epochs"] == 12], ("valid",)).loc[curves.index, VALID[0]]
    annealed = kendalltau(short, final).statistic
    assert annealed == pytest.approx(0.68, abs=0.005)
    assert kendalltau(curves[25], final).statistic < annealed < kendalltau(curves[50], final).statistic
    found = epochs.annealing_helps(histories, benchmark, dataset="cifar10-valid")
    assert (found.verdict, found.n) == ("holds", 200)
    assert epochs.ranks_settle(histories, benchmark, dataset="cifar10-valid").verdict == "holds"


def test_table_6_has_both_schedules(benchmark):
    early = early_runs(shipped_histories(), benchmark, "cifar10-valid")
    found = early_correlations(early, benchmark, "cifar10-valid", draws=1, seed=0)
    first = found[found["score"] == VALID[0]].set_index(["schedule", "epoch"])["pearson"]
    assert first.index.tolist() == [(12, 12), *((200, epoch) for epoch in (12, 24, 100, 150, 175, 200))]
    assert first[12, 12] == pytest.approx(0.912, abs=0.001)


def test_fitness_landscapes(benchmark, scores):
    cells_ = by_genotype(scores, benchmark)
    far = distances_to_best(cells_)
    rhos = [spearmanr(far[name], cells_[name]).statistic for name in cells_]
    assert (min(rhos), max(rhos)) == pytest.approx((-0.47, -0.33), abs=0.005)
    assert local_optima(cells_[VALID]).sum().tolist() == [13, 26, 38]
    one = longest_schedule(benchmark[benchmark["seed"] == 0])
    single = by_genotype(mean_scores(one, ("valid",)), benchmark)
    assert local_optima(single[VALID]).sum().tolist() == [26, 63, 63]
    assert spaces.good_cells_are_near(benchmark).verdict == spaces.few_optima(benchmark).verdict == "holds"


def test_tasks_share_importance_more_than_ranks(tasks):
    wide = task_table(tasks)
    assert wide.shape == (4_096, 7)
    matter, ranks = (table.corr(method="spearman").to_numpy() for table in (importances(wide), wide))
    pairs = np.triu_indices(7, 1)
    assert (matter[pairs].min(), matter[pairs].max()) == pytest.approx((0.28, 0.82), abs=0.005)
    assert (ranks[pairs].min(), ranks[pairs].max()) == pytest.approx((0.06, 0.87), abs=0.005)
    assert spaces.tasks_share_importance(tasks).verdict == "holds"
    assert spaces.tasks_share_ranks(tasks).verdict == "does not hold"


def test_latencies_are_those_of_all_cells(benchmark):
    latencies = load(READERS["latencies"])()
    assert latencies.groupby("device")["index"].nunique().tolist() == [15_625] * 7
    assert spaces.slow_cells_are_accurate(benchmark, latencies).verdict == "holds"
    assert spaces.devices_agree(latencies).value == pytest.approx(0.36 - 0.5, abs=0.01)


@pytest.mark.parametrize("name", READERS)
def test_readers_give_their_kind_of_table(name):
    table = load(READERS[name])()
    assert set(table.columns) == set(EVIDENCE[name].kind.schema().names)
    assert len(table)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tasks", "genotype,task,metric\n|none~0|,a,b\n", r"mine\.csv: columns score are missing"),
        (
            "tasks",
            "genotype,task,metric,score\n|none~0|,a,b,1\n|none~0|,a,b,2\n",
            r"csv, row 2: .* is there twice",
        ),
        ("tasks", "genotype,task,metric,score\n|bad~0|,a,b,1\n", r"mine\.csv, row 1"),
        (
            "latencies",
            "index,device,latency_ms\n15625,a,1\n",
            r"csv, column index, row 1: 15625 is not an off",
        ),
        ("latencies", "index,device,latency_ms\n0,a,-1\n", r"mine\.csv, column latency_ms, row 1"),
        (
            "transfer",
            "genotype,dataset,source,valid_accuracy\nDARTS_V2,d,s,101\n",
            r"csv, column valid_accuracy, row 1",
        ),
        ("transfer", "genotype,dataset,source,valid_accuracy\nNOBODY,d,s,90\n", r"mine\.csv, row 1"),
    ],
)
def test_tables_of_the_user_are_checked(tmp_path, name, content, message):
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(NascopeError, match=message):
        load(READERS[name])(path)


def test_a_table_of_the_user_takes_the_place_of_a_shipped_one(tmp_path, tasks):
    path = tmp_path / "mine.parquet"
    tasks.head(70).to_parquet(path)
    pd.testing.assert_frame_equal(load(READERS["tasks"])(path), tasks.head(70))


def test_shipped_tables_are_small_and_have_their_provenance():
    files = sorted(pack.HERE.glob("*.parquet"))
    assert {file.stem for file in files} == set(pack.TABLES)
    assert sum(file.stat().st_size for file in files) <= 3 * 2**20
    text = (pack.HERE / "PROVENANCE.md").read_text()
    assert all(f"`{file.name}`" in text for file in files)


def test_packing_the_sources_again_gives_the_shipped_tables(tmp_path, shared_data, monkeypatch):
    shipped = {name: pd.read_parquet(pack.HERE / f"{name}.parquet") for name in pack.TABLES}
    monkeypatch.setattr(pack, "HERE", tmp_path)
    pack.main(shared_data)
    for name, table in shipped.items():
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), table)
