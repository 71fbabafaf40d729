import csv
import html
import json
import os
import re
import shutil
from typing import get_args

import pyarrow.parquet as pq
import pytest
import yaml

from nascope.evidence.estimate import Verdict
from tests.helpers import ROOT
from tests.workflow.harness import checkout

FIGURES = {
    "nasbench201": [
        *("skeleton", "protocol", "spaces", "speedups", "accuracy", "ranks", "correlations"),
        *("searches", "search_means", "sweeps", "costs", "own_searches", "own_space"),
        *("ranks_over_epochs", "early_correlations", "one_shot", "one_shot_means"),
        *("importance_across_tasks", "landscapes", "latencies"),
    ],
    "understanding": [
        *(
            "topologies",
            "variants",
            "wirings",
            "convergence",
            "convergence_measures",
            "families",
            "operations",
            "rates",
        ),
        "claims_over_epochs",
        *("lines", "contours", "surfaces", "family_contours", "trajectories"),
        *("gradient_variance", "gradient_surfaces", "family_gradients", "geometry", "theory"),
        *("final_accuracy", "adapted", "generalisation"),
    ],
    "redundancy": [
        *("importance", "importance_counts", "removal", "motifs", "motif_table", "published_pattern", "pattern_groups"),
        *("surrogate", "darts_importance", "darts_counts", "skip_positions", "pattern_predicted", "trained_importance"),
        *("darts_motifs", "darts_motif_table", "published_importance", "published_drawn", "pattern_table"),
        *("removal_trained", "removal_predicted", "reduction_cells", "published_edited", "pattern_transfer"),
    ],
    "stacnas": [
        *("operator_correlation", "operator_clusters", "skip_counts", "strengths"),
        *("found_cells", "confusion", "depths", "alpha_accuracy", "collapse"),
    ],
}


def test_every_figure_is_made_with_its_data_and_source(finished):
    for paper, names in FIGURES.items():
        for name in names:
            stem = finished / "results" / "figures" / paper / name
            assert stem.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
            assert stem.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
            table = pq.read_table(stem.with_suffix(".parquet"))
            assert table.num_rows
            assert len(table.schema.metadata[b"nascope.source"]) > 50


def test_report_shows_every_figure_and_claim(finished):
    page = html.unescape((finished / "results" / "report.html").read_text())
    assert page.count("data:image/png;base64,") == sum(map(len, FIGURES.values()))
    with (finished / "results" / "claims.csv").open() as file:
        claims = list(csv.DictReader(file))
    assert {claim["paper"] for claim in claims} == set(FIGURES)
    for claim in claims:
        assert claim["verdict"] in get_args(Verdict)
        assert claim["statement"].split(".")[0] in page
    resolved = yaml.safe_load((finished / "results" / "config.yaml").read_text())
    assert resolved["protocols"]["digits_darts"]["epochs"] == 2
    assert resolved["protocols"]["digits_darts"]["momentum"] == 0.9


def test_tables_say_where_they_come_from(finished):
    metadata = pq.read_schema(finished / "results" / "trainings" / "digits.digits_darts" / "trainings.parquet").metadata
    assert json.loads(metadata[b"nascope.config"])["shards"] == 2
    assert metadata[b"nascope.commit"]
    assert "torch" in json.loads(metadata[b"nascope.packages"])


def test_a_second_run_has_nothing_to_do(finished, run):
    again = run(finished, "--cores", "2")
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout


@pytest.mark.parametrize(
    "file", ["workflow/scripts/train.py", "config.yaml", "workflow/schemas/config.schema.json", "rules/training.smk"]
)
def test_touching_files_trains_nothing(finished, run, file):
    os.utime(finished / file)
    assert "Nothing to be done" in run(finished, "-n").stdout


def test_a_changed_protocol_retrains_only_what_depends_on_it(finished, run):
    (finished / "config" / "rate.yaml").write_text("protocols: {digits_nasbench201: {learning_rate: 0.05}}")
    plan = run(finished, "-n", config="smoke rate").stdout
    jobs = dict(re.findall(r"^(\w+)\s+(\d+)$", plan, flags=re.MULTILINE))
    assert jobs["train"] == "2"
    assert "operators" not in jobs
    assert "output: results/trainings/digits.digits_darts/shards" not in plan


def test_another_checkout_knows_what_the_results_were_made_from(finished, run, tmp_path):
    """As does one whose .snakemake was lost; both once said that there was nothing to be done, whatever the config."""
    other = checkout(tmp_path / "other")
    (other / "results").symlink_to(finished / "results", target_is_directory=True)
    assert "Nothing to be done" in run(other, "-n").stdout
    (other / "config" / "rate.yaml").write_text("protocols: {digits_nasbench201: {learning_rate: 0.05}}")
    plan = run(other, "-n", config="smoke rate").stdout
    assert re.search(r"^train\s+2$", plan, flags=re.MULTILINE), plan
    assert "operators " not in plan


def test_tables_of_which_nothing_is_known_are_made_again(finished, run, tmp_path):
    folder = checkout(tmp_path / "bare")
    shutil.copytree(finished / "results", folder / "results", ignore=shutil.ignore_patterns(".snakemake", "store"))
    plan = run(folder, "stacnas", "-n").stdout
    assert re.search(r"nothing is known of how results/\S+ and \d+ further files were made", plan), plan
    jobs = set(re.findall(r"^(\w+)\s+\d+$", plan, flags=re.MULTILINE))
    assert {"figure", "claims", "cell_search", "operators"} <= jobs


def test_stages_of_15625_cells_stay_below_a_gigabyte(finished):
    """By the system's own count of each job's peak."""
    peaks = {}
    for line in (finished / "results" / "history.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if "peak_mib" in entry:
            peaks[entry["rule"]] = max(peaks.get(entry["rule"], 0), entry["peak_mib"])
    for rule in ("published_benchmark", "importance", "ablation", "motifs", "searches", "rank_histories", "figure"):
        assert 50 < peaks[rule] < 1000, peaks


def test_snakemakes_own_report_works(finished, run):
    done = run(finished, "--report", "snakemake-report.html")
    assert done.returncode == 0, done.stdout
    assert (finished / "snakemake-report.html").stat().st_size > 100_000


@pytest.mark.parametrize("paper", FIGURES)
def test_each_paper_is_a_target(finished, run, paper):
    plan = run(finished, paper, "-n", "--forceall").stdout
    for name in FIGURES[paper]:
        assert f"results/figures/{paper}/{name}.png" in plan
    for other in set(FIGURES) - {paper}:
        assert f"results/figures/{other}/" not in plan


def test_papers_scale_is_planned_without_a_checkpoint(tmp_path, run):
    folder = checkout(tmp_path / "paper")
    plan = run(folder, "-n", "--quiet", "rules", config="paper")
    assert plan.returncode == 0, plan.stdout
    assert int(re.search(r"^train\s+(\d+)$", plan.stdout, flags=re.MULTILINE)[1]) == 4933


def test_the_design_holds():
    assert len((ROOT / "Snakefile").read_text().splitlines()) <= 70
    for file in (ROOT / "rules").glob("*.smk"):
        assert "run:" not in file.read_text()
    for script in (ROOT / "workflow" / "scripts").glob("[a-z]*.py"):
        assert len(script.read_text().splitlines()) <= 46
    for module in (ROOT / "src").rglob("*.py"):
        assert "snakemake" not in re.sub(r'""".*?"""|#.*', "", module.read_text(), flags=re.DOTALL).replace(
            '"snakemake"', ""
        ), module
