"""What goes wrong ends in one clear message, or in the same tables."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from tests.workflow.harness import OWN_TABLE, checkout, command, environment, start, tables, wait_for_a_training


@pytest.fixture
def clone(tmp_path):
    return checkout(tmp_path / "clone")


def failed(done, message):
    assert done.returncode != 0
    assert re.search(message, done.stdout), done.stdout


def test_unknown_config_key(clone, run):
    failed(
        run(clone, "-n", "--config", "shard=3"), r"config: unknown key 'shard' \(did you mean 'shards'\?\); known keys"
    )
    assert not (clone / "results").exists()


def test_study_that_is_not_there(clone, run):
    done = run(clone, "-n", "--config", "redundancy={groups: nothing}")
    failed(done, r"config, redundancy\.groups: 'nothing' is not under studies.*pattern_groups")


def test_malformed_genotype_names_file_row_and_place(clone, run):
    (clone / "mine.csv").write_text("name,genotype\nfine,|skip_connect~0|\nbad,|skip_connect~7|\n")
    options = "options: {path: mine.csv, seeds: [0]}"
    study = f"studies={{mine: {{kind: listed, dataset: digits, protocol: digits_nasbench201, {options}}}}}"
    done = run(clone, "results/genotypes/mine.parquet", "--cores", "1", "--config", study)
    failed(done, r"nascope: mine\.csv, line 3: .*node 1, term 1: 'skip_connect~7'")
    assert done.stdout.count("line 3") == 1
    assert not list(clone.glob("results/genotypes/*"))


def test_a_damaged_table_is_named_set_aside_and_made_anew(finished, run, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "damaged", symlinks=True)
    shard = folder / "results" / "trainings" / "digits.digits_nasbench201" / "shards" / "0.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-100])
    for table in (
        "benchmark/own_space",
        *(f"trainings/digits.digits_nasbench201/{t}" for t in ("curves", "trainings")),
    ):
        (folder / "results" / f"{table}.parquet").unlink()
    done = run(folder, OWN_TABLE, "--cores", "1")
    name = str(shard.relative_to(folder))
    failed(
        done, rf"nascope: {re.escape(name)}: not a whole Parquet file.*0\.parquet\.damaged: type the same command again"
    )
    done = run(folder, OWN_TABLE, "--cores", "1")
    assert done.returncode == 0, done.stdout
    assert shard.read_bytes() == whole
    assert tables(folder)["benchmark/own_space.parquet"].equals(tables(finished)["benchmark/own_space.parquet"])


def test_a_damaged_training_in_the_store_is_named_and_repeated(finished, run, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "damaged", symlinks=True)
    stored = sorted(folder.glob("results/store/digits.digits_nasbench201-*/*/*.parquet"))
    for path in stored:
        path.write_bytes(path.read_bytes()[:100])
    shutil.rmtree(folder / "results" / "trainings" / "digits.digits_nasbench201")
    (folder / OWN_TABLE).unlink()
    done = run(folder, OWN_TABLE, "--cores", "1")
    assert done.returncode == 0, done.stdout
    logs = "".join(log.read_text() for log in folder.glob("results/logs/train/digits.digits_nasbench201/*.log"))
    assert all(path.name in logs for path in stored)
    assert logs.count("making it again") == len(stored)
    assert tables(folder)["benchmark/own_space.parquet"].equals(tables(finished)["benchmark/own_space.parquet"])


def test_two_workflows_on_the_same_results_are_refused(clone, run, tmp_path):
    other = checkout(tmp_path / "other")
    (other / "results").symlink_to(clone / "results", target_is_directory=True)
    (clone / "config" / "long.yaml").write_text("protocols: {digits_nasbench201: {epochs: 500}}")
    first = start(clone, OWN_TABLE, "--cores", "1", config="smoke long")
    wait_for_a_training(clone)
    for folder in (clone, other):
        failed(run(folder, OWN_TABLE, "--cores", "1"), r"another nascope workflow is running on these results")
    # Its jobs outlive it: what they write must not have two writers.
    first.kill()
    first.wait()
    failed(run(clone, OWN_TABLE, "--cores", "1"), r"jobs of a workflow that was killed are still running")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(first.pid, signal.SIGKILL)
    done = run(clone, "results/genotypes/adapted.parquet", "--cores", "1")
    assert done.returncode == 0, done.stdout


def test_locks_left_by_a_dead_machine_hold_nothing(clone, run, tmp_path):
    (clone / "results").mkdir()
    for name in (".workflow.lock", ".jobs.lock"):
        (clone / "results" / name).write_text("left over")
    leases = tmp_path / "leases"
    leases.mkdir()
    for number in range(4):
        (leases / f"nascope-gpu-pretended-{number}.lock").write_text("12345")
    locks = clone / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("config.yaml\n")
    (locks / "0.output.lock").write_text(f"{OWN_TABLE}\n")
    pretended = {**environment(), "NASCOPE_PRETEND_GPUS": "4", "NASCOPE_LEASES": str(leases)}
    line = command(OWN_TABLE, "--cores", "4", "--resources", "gpu=4")
    done = subprocess.run(line, cwd=clone, env=pretended, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_a_budget_of_four_gpus_keeps_four_devices_busy_one_job_each(clone, tmp_path):
    (clone / "config" / "eight.yaml").write_text(
        "shards: 8\nstudies: {three_node_space: {options: {nodes: 3}}}\nprotocols: {digits_nasbench201: {epochs: 1}}"
    )
    pretended = {"NASCOPE_PRETEND_GPUS": "4", "NASCOPE_LEASES": str(tmp_path)}
    line = command(OWN_TABLE, "--cores", "8", "--resources", "gpu=4", config="smoke eight")
    done = subprocess.run(line, cwd=clone, env={**environment(), **pretended}, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    events = []
    for log in (clone / "results" / "logs" / "train").glob("*/*.log"):
        for when, what, device in re.findall(
            r"^(\S+ \S+) INFO .*: (leased|freed) GPU (\d)", log.read_text(), re.MULTILINE
        ):
            events.append((when, what == "leased", device))
    assert len(events) == 16
    held, most = set(), 0
    for _, leased, device in sorted(events):
        assert (device in held) != leased, "a device has one job at a time"
        held ^= {device}
        most = max(most, len(held))
    assert most == 4


def tmpfs(folder, options):
    """Mount a file system of its own at ``folder``, or skip."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")


@pytest.fixture
def mounted(clone):
    """A clone whose results are on a file system of their own, of the options given."""
    results = clone / "results"
    yield lambda options: tmpfs(results, options)
    subprocess.run(["umount", results], capture_output=True)


@pytest.mark.parametrize("room", ["size=200k", "size=300k", "size=100m,nr_inodes=45"])
def test_a_full_disk_is_one_message_and_leaves_nothing_half_written(finished, clone, run, mounted, room):
    mounted(room)
    done = run(clone, OWN_TABLE, "--cores", "1")
    failed(done, r"nascope: no room left .*No space left on device.*make some and type the same command again")
    assert "Traceback" not in done.stdout
    assert not list(clone.glob("results/**/*.tmp"))
    tables(clone)  # whatever is there can be read
    subprocess.run(["mount", "-o", "remount,size=100m,nr_inodes=0", clone / "results"], check=True)
    done = run(clone, OWN_TABLE, "--cores", "1")
    assert done.returncode == 0, done.stdout
    assert tables(clone)["benchmark/own_space.parquet"].equals(tables(finished)["benchmark/own_space.parquet"])


def test_a_read_only_results_directory(clone, run, mounted):
    mounted("ro")
    failed(
        run(clone, OWN_TABLE, "--cores", "1"), r"results cannot be written: .*Read-only file system.*how its disk is"
    )


def test_a_clock_that_goes_back_changes_nothing(finished, run, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "back", symlinks=True)
    later = time.time() + 86_400
    for path in folder.glob("results/**/*"):
        os.utime(path, (later, later))
    again = folder / "results" / "benchmark" / "own_space.parquet"
    again.unlink()
    done = run(folder, "--cores", "2", OWN_TABLE)
    assert done.returncode == 0, done.stdout
    assert "train" not in re.findall(r"^rule (\w+):", done.stdout, re.MULTILINE)
    assert tables(folder)["benchmark/own_space.parquet"].equals(tables(finished)["benchmark/own_space.parquet"])
    assert "Nothing to be done" in run(folder, "-n", OWN_TABLE).stdout


def test_a_gpu_asked_for_where_none_is(clone, run):
    done = run(clone, "--cores", "1", "--resources", "gpu=4")
    if done.returncode == 0:
        pytest.skip("this machine has GPUs")
    failed(done, r"a GPU was asked for \(--resources gpu=N\), but this machine has none that nvidia-smi")
    assert not (clone / "results").exists() or not list(clone.glob("results/**/*.parquet"))


def test_gpu_budget_is_a_plan_anywhere(clone, run):
    plan = run(clone, OWN_TABLE, "-n", "--resources", "gpu=4")
    assert plan.returncode == 0
    assert "gpu=1" in plan.stdout
