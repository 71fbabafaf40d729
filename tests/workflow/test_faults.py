"""What goes wrong ends in one clear message, or in the same tables."""

import os
import random
import re
import signal
import subprocess
import time

import pytest

from tests.workflow.harness import checkout, command, environment, tables

OWN_TABLE = "results/benchmark/own_space.parquet"


def kill_all(process):
    """SIGKILL to snakemake and all its jobs."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_kill_9_in_mid_training_ends_in_the_same_tables(finished, run, tmp_path):
    folder = checkout(tmp_path / "killed")
    wanted = ["claims/understanding.parquet", "claims/redundancy.parquet", "figures/understanding/contours.png"]
    target = [*(f"results/{name}" for name in wanted), "--cores", "2"]
    rng = random.Random(0)
    kills = 0
    for _ in range(4):
        process = subprocess.Popen(
            command(*target),
            cwd=folder,
            env=environment(),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while not list(folder.glob("results/logs/train/*/*.log")) and time.monotonic() < deadline:
            time.sleep(0.1)
        try:
            process.wait(timeout=rng.uniform(2, 8))
        except subprocess.TimeoutExpired:
            kill_all(process)
            kills += 1
        run(folder, "--unlock")
    assert kills >= 2
    done = run(folder, *target)
    assert done.returncode == 0, done.stdout
    expected, found = tables(finished), tables(folder)
    assert len(found) > 10
    for name, table in found.items():
        assert table.equals(expected[name]), name
    assert not list(folder.glob("results/**/*.tmp"))


def test_sigterm_saves_and_a_later_run_goes_on(run, tmp_path):
    folder = checkout(tmp_path / "stopped")
    (folder / "config" / "long.yaml").write_text("protocols: {digits_nasbench201: {epochs: 30}}")
    process = subprocess.Popen(
        command(OWN_TABLE, "--cores", "1", config="smoke long"),
        cwd=folder,
        env=environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    logs = folder / "results" / "logs" / "train"
    deadline = time.monotonic() + 120
    while not any("networks" in log.read_text() for log in logs.glob("*/*.log")) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(timeout=60) != 0
    assert list(folder.glob("results/store/*/*/*.checkpoint"))
    run(folder, "--unlock")
    done = run(folder, OWN_TABLE, "--cores", "1", config="smoke long")
    assert done.returncode == 0, done.stdout
    assert "resumed at epoch" in "".join(log.read_text() for log in logs.glob("*/*.log"))
    assert not list(folder.glob("results/store/*/*/*.checkpoint"))


@pytest.fixture
def clone(tmp_path):
    return checkout(tmp_path / "clone")


def failed(done, message):
    assert done.returncode != 0
    assert re.search(message, done.stdout), done.stdout


def test_unknown_config_key(clone, run):
    failed(run(clone, "-n", "--config", "shard=3"), r"config, top level: .*'shard' was unexpected.*known keys")
    assert not (clone / "results").exists()


def test_study_that_is_not_there(clone, run):
    done = run(clone, "-n", "--config", "redundancy={groups: nothing}")
    failed(done, r"config: redundancy\.groups names 'nothing'.*pattern_groups")


def test_malformed_genotype_names_file_row_and_place(clone, run):
    (clone / "mine.csv").write_text("name,genotype\nfine,|skip_connect~0|\nbad,|skip_connect~7|\n")
    options = "options: {path: mine.csv, seeds: [0]}"
    study = f"studies={{mine: {{kind: listed, dataset: digits, protocol: digits_nasbench201, {options}}}}}"
    done = run(clone, "results/genotypes/mine.parquet", "--cores", "1", "--config", study)
    failed(done, r"nascope: mine\.csv, row 3: .*node 1, term 1: 'skip_connect~7'")
    assert done.stdout.count("row 3") == 1
    assert not list(clone.glob("results/genotypes/*"))


def test_missing_data_directory(clone, run):
    overlay = "datasets={c10: {source: cifar10, root: nowhere}}"
    done = run(
        clone, OWN_TABLE, "--cores", "1", "--config", overlay, "studies={three_node_space: {dataset: c10}}", "shards=1"
    )
    failed(done, r"nascope: data set 'c10': there is no directory nowhere; put the official cifar10")
    assert not list(clone.glob("results/trainings/*/shards/*"))
    assert not list(clone.glob("results/store/**/*.parquet"))


def test_truncated_parquet(finished, run, tmp_path):
    folder = checkout(tmp_path / "truncated")
    source = finished / "results" / "benchmark" / "nasbench201.parquet"
    target = folder / "results" / "benchmark" / "nasbench201.parquet"
    target.parent.mkdir(parents=True)
    target.write_bytes(source.read_bytes()[:-100])
    done = run(folder, "results/importance/nasbench201.parquet", "--cores", "1")
    failed(done, r"nascope: results/benchmark/nasbench201\.parquet: not a whole Parquet file.*delete it")
    assert not (folder / "results" / "importance" / "nasbench201.parquet").exists()


def test_a_gpu_asked_for_where_none_is(clone, run):
    done = run(clone, "--cores", "1", "--resources", "gpu=4")
    if done.returncode == 0:
        pytest.skip("this machine has GPUs")
    failed(done, r"a GPU was asked for \(--resources gpu=N\), but this machine has none")
    assert not (clone / "results").exists() or not list(clone.glob("results/**/*.parquet"))


def test_gpu_budget_is_a_plan_anywhere(clone, run):
    plan = run(clone, OWN_TABLE, "-n", "--resources", "gpu=4")
    assert plan.returncode == 0
    assert "gpu=1" in plan.stdout
