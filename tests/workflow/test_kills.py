"""Whatever is killed and whenever, the next run ends in the same tables."""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import time

import psutil

from tests.workflow.harness import OWN_TABLE, checkout, start, tables, wait_for_a_training

KILLS = 25
AGAIN = 10


def kill_all(process):
    """SIGKILL to snakemake and all its jobs."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_a_job(process, rng):
    """SIGKILL to one running job, if there is one."""
    with contextlib.suppress(psutil.NoSuchProcess):
        jobs = [
            p for p in psutil.Process(process.pid).children(recursive=True) if ".snakemake/scripts" in p.cmdline()[-1]
        ]
        if jobs:
            rng.choice(jobs).kill()
        return bool(jobs)
    return False


def differing(expected, found):
    """Tables that differ; those of single jobs, and how trainings are spread over them, are not compared."""
    spread = re.compile(r"/shards/|plan\.parquet$|^geometry/\w+/")
    names = [name for name in found if not spread.search(name)]
    assert len(names) > 40
    return [name for name in names if not found[name].equals(expected.get(name))]


def test_kill_9_at_random_moments_and_another_spread_end_in_the_same_tables(finished, run, tmp_path):
    folder = checkout(tmp_path / "killed")
    (folder / "config" / "spread.yaml").write_text("understanding: {geometry: {shards: 2}}\nshards: 3\n")
    # Tables and claims; figures are functions of them.
    targets = [
        *(f"results/claims/{paper}.parquet" for paper in ("understanding", "redundancy", "nasbench201")),
        *(f"results/geometry/{measure}.parquet" for measure in ("trajectories", "sharpness")),
        *("results/surrogate/patterns.parquet", "results/motifs/nasbench201.parquet"),
        *("results/parameters/adapted.parquet", "results/searches/nasbench201.sweeps.parquet"),
    ]
    rng = random.Random(0)
    kills = {"workflow": 0, "job": 0}
    process = start(folder, *targets, "--cores", "2", config="smoke spread")
    while sum(kills.values()) < KILLS:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=rng.uniform(3, 9))
        if process.poll() is None and rng.random() < 0.4:
            kills["job"] += kill_a_job(process, rng)
            continue
        if process.poll() is None:
            kill_all(process)
            kills["workflow"] += 1
        elif process.returncode == 0:  # A fast machine: what is left of the kills goes to tables made anew.
            shutil.rmtree(folder / "results")
            (folder / "results").mkdir()
        process = start(folder, *targets, "--cores", "2", config="smoke spread")
    kill_all(process)
    assert min(kills.values()) >= 5, kills
    # Nothing has to be unlocked.
    done = run(folder, *targets, "--cores", "2", config="smoke spread")
    assert done.returncode == 0, done.stdout
    assert not list(folder.glob("results/**/*.tmp"))
    assert not list(folder.glob("results/store/digits.*/**/*.checkpoint"))
    assert not differing(tables(finished), tables(folder))


# A change of every stage whose jobs take seconds: each was made before, so Snakemake removes what it makes again.
CHANGED = """
understanding:
  level: 1.5
  geometry: {measures: {landscape: {line: 7}, gradients: {images: 30}, sharpness: {probes: 3}}}
  theory: {samples: 32}
redundancy: {importance: {fraction: 0.1}, motifs: {draws: 3}, surrogate: {per_group: 5}}
nasbench201: {draws: 50, searches: {runs: 6}, own_searches: {runs: 4}}
stacnas: {operators: {images: 80}, confusion: {batches: 4}}
"""


def test_kills_while_something_is_made_again_lose_and_stale_nothing(finished, run, tmp_path):
    """After such a kill the same command once said that there was nothing to be done."""
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for folder in (undisturbed, killed):
        shutil.copytree(finished, folder, symlinks=True)
        (folder / "config" / "changed.yaml").write_text(CHANGED)
    done = run(undisturbed, "--cores", "2", config="smoke changed")
    assert done.returncode == 0, done.stdout
    rng = random.Random(1)
    for _ in range(AGAIN):
        process = start(killed, "--cores", "2", config="smoke changed")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=rng.uniform(4, 12))
        if rng.random() < 0.4:
            kill_a_job(process, rng)
            time.sleep(1)
        if process.poll() is None:
            kill_all(process)
    done = run(killed, "--cores", "2", config="smoke changed")
    assert done.returncode == 0, done.stdout
    expected, found = tables(undisturbed), tables(killed)
    assert set(expected) == set(found)
    assert not [name for name in expected if not found[name].equals(expected[name])]
    page = (killed / "results" / "report.html").read_text()
    assert page.rstrip().endswith("</html>")
    assert "Nothing to be done" in run(killed, "--cores", "2", config="smoke changed").stdout


def test_what_is_lost_is_made_again(finished, run, tmp_path):
    """Figures, claims, an intermediate table and a report cut to nothing, all with exit code 0 before."""
    folder = tmp_path / "lost"
    shutil.copytree(finished, folder, symlinks=True)
    results = folder / "results"
    before = tables(folder)
    shutil.rmtree(results / "figures" / "stacnas")
    lost = ["claims.csv", "claims/stacnas.parquet", "geometry/sharpness/darts_connections.0.parquet"]
    for name in [*lost, "surrogate/architectures.parquet", "operators/features.parquet"]:
        (results / name).unlink()
    (results / "report.html").write_text("")
    (results / "figures" / "redundancy" / "motifs.png").write_bytes(b"\x89PNG")
    done = run(folder, "--cores", "2")
    assert done.returncode == 0, done.stdout
    assert "report.html was not whole" in done.stdout
    after = tables(folder)
    assert set(before) == set(after)
    assert all(after[name].equals(before[name]) for name in before)
    assert (results / "figures" / "redundancy" / "motifs.png").stat().st_size > 1000
    assert (results / "claims.csv").exists()


def test_sigterm_saves_and_a_later_run_goes_on(run, tmp_path):
    folder = checkout(tmp_path / "stopped")
    (folder / "config" / "long.yaml").write_text("protocols: {digits_nasbench201: {epochs: 30}}")
    process = start(folder, OWN_TABLE, "--cores", "1", config="smoke long")
    logs = wait_for_a_training(folder)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.wait(timeout=60) != 0
    assert list(folder.glob("results/store/*/*/*.checkpoint"))
    done = run(folder, OWN_TABLE, "--cores", "1", config="smoke long")
    assert done.returncode == 0, done.stdout
    assert "resumed at epoch" in "".join(log.read_text() for log in logs.glob("*/*.log"))
    assert not list(folder.glob("results/store/*/*/*.checkpoint"))
