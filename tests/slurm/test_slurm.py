"""profiles/slurm on a real SLURM: GPU jobs, time limits, cancellation, a drained node. `make test-slurm` runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from tests.slurm.cluster import Cluster, why_not
from tests.workflow.harness import OWN_TABLE, checkout, command, environment, tables

# What a test cannot wait for: the profile polls after 40 seconds, for the sake of busy clusters.
POLLS = ["--slurm-init-seconds-before-status-checks", "5", "--latency-wait", "10"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    started = Cluster(tmp_path_factory.mktemp("slurm") / "cluster")
    try:
        started.start()
    except (OSError, RuntimeError) as error:
        started.stop()
        pytest.skip(f"no cluster starts on this machine: {error}")
    yield started
    started.stop()


def on_slurm(folder, *arguments, config="smoke"):
    """Start the workflow; its GPUs are pretended, as the node's are."""
    return subprocess.Popen(
        command(*arguments, "--workflow-profile", "profiles/slurm", *POLLS, config=config),
        cwd=folder,
        env={**environment(), "NASCOPE_PRETEND_GPUS": "4"},
        stdout=(folder / "slurm.out").open("w"),
        stderr=subprocess.STDOUT,
        # Where tests run in the background, Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def finished_well(process, folder):
    assert process.wait(timeout=1500) == 0, (folder / "slurm.out").read_text()[-5000:]


def history(folder, event="start"):
    lines = (folder / "results" / "history.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["event"].startswith(event)]


def wait_for(condition, seconds=180):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def test_the_smoke_workflow_runs_on_the_cluster(cluster, tmp_path):
    folder = checkout(tmp_path / "smoke")
    finished_well(on_slurm(folder), folder)
    assert (folder / "results" / "report.html").exists()
    started = history(folder)
    trainings = [entry for entry in started if entry["rule"] == "train"]
    assert len(trainings) >= 14
    # SLURM gave each of them a GPU, and not the same one to all.
    assert {entry["gpu"] for entry in trainings} > {"0"}
    assert all(entry["slurm_job"] for entry in trainings)
    # Jobs of seconds were not submitted.
    assert not any(entry["slurm_job"] for entry in started if entry["rule"] in ("figure", "plan", "claims"))


def test_time_limits_cancellation_and_a_drained_node_lose_nothing(cluster, run, tmp_path):
    long = "protocols: {digits_nasbench201: {epochs: 600}}\nshards: 3\n"
    undisturbed = checkout(tmp_path / "undisturbed")
    folder = checkout(tmp_path / "disturbed")
    for place in (folder, undisturbed):
        (place / "config" / "long.yaml").write_text(long)
    # A minute in the first attempt, two in the second; given here, all of the profile's have to be repeated.
    limits = ["--set-resources", "train:runtime=attempt", "train:gpu=1"]
    process = on_slurm(folder, OWN_TABLE, *limits, config="smoke long")

    def running():
        return [number for number, (rule, state) in cluster.jobs().items() if "train" in rule and state == "RUNNING"]

    first = wait_for(running)
    logs = folder / "results" / "logs" / "train"
    wait_for(lambda: sum("networks" in log.read_text() for log in logs.glob("*/*.log")) >= len(first))
    time.sleep(5)
    cluster.call("scancel", first[0])
    cluster.call("scontrol", "update", f"NodeName={cluster.host}", "State=DRAIN", "Reason=test")
    # The running ones go on, the cancelled one's next attempt has to wait.
    wait_for(lambda: [state for _, state in cluster.jobs().values() if state == "PENDING"])
    cluster.call("scontrol", "update", f"NodeName={cluster.host}", "State=RESUME")
    finished_well(process, folder)
    attempts = history(folder)
    assert len(attempts) > len({json.dumps([entry["rule"], entry["wildcards"]]) for entry in attempts})
    assert all(entry["gpu"] for entry in attempts if entry["rule"] == "train")
    assert len(history(folder, "exit 143")) >= 2, "one by scancel, the others at their time limit"
    assert "resumed at epoch" in "".join(log.read_text() for log in logs.glob("*/*.log"))
    assert run(undisturbed, OWN_TABLE, "--cores", "2", config="smoke long").returncode == 0
    expected, found = tables(undisturbed), tables(folder)
    assert found.keys() == expected.keys()
    assert all(found[name].equals(expected[name]) for name in found)


def test_stopping_snakemake_cancels_its_jobs_and_the_next_run_goes_on(cluster, tmp_path):
    folder = checkout(tmp_path / "stopped")
    (folder / "config" / "long.yaml").write_text("protocols: {digits_nasbench201: {epochs: 150}}")
    process = on_slurm(folder, OWN_TABLE, config="smoke long")
    logs = folder / "results" / "logs" / "train"
    wait_for(lambda: any("networks" in log.read_text() for log in logs.glob("*/*.log")))
    time.sleep(5)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) != 0
    wait_for(lambda: not cluster.jobs())
    assert list(folder.glob("results/store/*/*/*.checkpoint"))
    finished_well(on_slurm(folder, OWN_TABLE, config="smoke long"), folder)
    assert "resumed at epoch" in "".join(log.read_text() for log in logs.glob("*/*.log"))
