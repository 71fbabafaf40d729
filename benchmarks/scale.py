"""What the workflow itself costs: the real rules around a training step that is left out.

    python benchmarks/scale.py 125 1000 10000

Each number is how many random cells of the DARTS space are drawn, planned, spread over shards of 25 (at most 100
shards), "trained", stored and collected. Prints a Markdown table; docs/scaling.md has one and the model behind it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.workflow.harness import checkout, command, environment

STUB = Path(__file__).parent / "stub"
OVERLAY = """
studies:
  scaled:
    kind: pattern_samples
    dataset: digits
    protocol: stubbed
    options: {{groups: [Random], per_group: {count}, wirings: [corrected], draw_seed: 0, seeds: [0]}}
protocols:
  stubbed: {{channels: 4, cells: 3, epochs: 12, batch_size: 64, learning_rate: 0.1}}
shards: {shards}
"""
TARGET = "results/trainings/digits.stubbed/trainings.parquet"


def measure(count: int) -> dict[str, float]:
    """Run the workflow with ``count`` stubbed trainings and measure it."""
    shards = max(1, min(100, count // 25))
    with tempfile.TemporaryDirectory() as temporary:
        folder = checkout(Path(temporary) / "clone")
        (folder / "config" / "scaled.yaml").write_text(OVERLAY.format(count=count, shards=shards))
        variables = {**environment(), "PYTHONPATH": str(STUB), "OMP_NUM_THREADS": "1"}
        line = command(TARGET, "--cores", "2", config="scaled")
        plan = _timed([*line, "-n", "--quiet", "all"], folder, variables)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = _timed(line, folder, variables)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again = _timed([*line, "-n", "--quiet", "all"], folder, variables)
        jobs = [json.loads(text) for text in (folder / "results" / "history.jsonl").read_text().splitlines()]
        ended = [job for job in jobs if "seconds" in job]
        stored = list((folder / "results" / "store").rglob("*.parquet"))
        files = [path for path in (folder / "results").rglob("*") if path.is_file()]
        meta = [path for path in (folder / ".snakemake").rglob("*") if path.is_file()]
        trained = [job["seconds"] for job in ended if job["rule"] == "train"]
        return {
            "trainings": len(stored),
            "shards": shards,
            "dry run (s)": plan,
            "run (s)": wall,
            "CPU (s)": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "genotypes (s)": sum(job["seconds"] for job in ended if job["rule"] == "genotypes"),
            "plan (s)": sum(job["seconds"] for job in ended if job["rule"] == "plan"),
            "one shard (s)": sum(trained) / len(trained),
            "collect (s)": sum(job["seconds"] for job in ended if job["rule"] == "collect"),
            "dry run afterwards (s)": again,
            "files": len(files) + len(meta),
            "store (KB per training)": sum(path.stat().st_size for path in stored) / len(stored) / 1000,
            "results (MB)": sum(path.stat().st_size for path in files) / 1e6,
            "peak of a job (MiB)": max(job["peak_mib"] for job in ended),
            "peak of collect (MiB)": max(job["peak_mib"] for job in ended if job["rule"] == "collect"),
            "peak of plan (MiB)": max(job["peak_mib"] for job in ended if job["rule"] == "plan"),
        }


def _timed(line: list[str], folder: Path, variables: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(line, cwd=folder, env=variables, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return time.perf_counter() - start


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    columns = [measure(int(count)) for count in sys.argv[1:]]
    print("| |" + " |".join(f" {column['trainings']:,.0f} trainings" for column in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name in list(columns[0])[1:]:
        print(f"| {name} |" + " |".join(f" {column[name]:,.4g}" for column in columns) + " |")
