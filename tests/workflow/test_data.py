"""Data sets in the workflow: official files and users' images from a local path, and the message without network."""

import re
import shutil

import pyarrow.parquet as pq

from tests.unit.test_surrogate import archive
from tests.workflow.harness import checkout

CELL = "|nor_conv_3x3~0|"


def with_datasets(folder, datasets):
    """An overlay with a study of one cell on each of the data sets; its targets."""
    (folder / "cell.csv").write_text(f"name,genotype\nconv,{CELL}\n")
    lines = ["datasets:"]
    lines += [f"  {name}: {{{entry}, split: first_80, sizes: [40, 0, 40]}}" for name, entry in datasets.items()]
    lines += ["studies:"]
    for name in datasets:
        options = "options: {path: cell.csv, seeds: [0]}"
        lines.append(f"  {name}: {{kind: listed, dataset: {name}, protocol: digits_nasbench201, shards: 1, {options}}}")
    (folder / "config" / "mine.yaml").write_text("\n".join(lines) + "\n")
    return [f"results/trainings/{name}.digits_nasbench201/trainings.parquet" for name in datasets]


def test_local_files_are_read_checked_and_trained_on(cifar10_root, shared_data, run, tmp_path):
    folder = checkout(tmp_path / "clone")
    datasets = {
        "c10": f"source: cifar10, root: {cifar10_root}, mirror: nowhere",
        "c100": f"source: parquet, root: {shared_data / 'cifar100_small'}, classes: 100",
        "i16": f"source: parquet, root: {shared_data / 'tiny_imagenet16_small'}, classes: 120",
    }
    targets = with_datasets(folder, datasets)
    done = run(folder, *targets, "--cores", "2", config="smoke mine")
    assert done.returncode == 0, done.stdout
    seen = {}
    for path in folder.glob("results/data/*.parquet"):
        table = pq.read_table(path).to_pandas()
        seen[table["root"][0]] = (*table["images"], table["classes"][0], table["height"][0])
    assert seen == {
        str(cifar10_root): (50_000, 10_000, 10, 32),
        str(shared_data / "cifar100_small"): (6_000, 1_200, 100, 32),
        str(shared_data / "tiny_imagenet16_small"): (7_200, 2_400, 120, 16),
    }
    for target in targets:
        assert set(pq.read_table(folder / target)["status"].to_pylist()) == {"ok"}


def test_official_files_elsewhere_retrain_nothing_and_your_own_do(cifar10_root, shared_data, run, tmp_path):
    folder = checkout(tmp_path / "clone")
    places = {"c10": cifar10_root, "c100": shared_data / "cifar100_small"}
    entries = {"c10": "source: cifar10, root: {}", "c100": "source: parquet, classes: 100, root: {}"}
    targets = with_datasets(folder, {name: entries[name].format(place) for name, place in places.items()})
    assert run(folder, *targets, "--cores", "2", config="smoke mine").returncode == 0
    for name, place in places.items():
        (tmp_path / name).symlink_to(place)
    with_datasets(folder, {name: entries[name].format(tmp_path / name) for name in places})
    assert run(folder, *targets, "--cores", "2", config="smoke mine").returncode == 0
    logs = folder / "results" / "logs" / "train"
    for name, stored in {"c10": 1, "c100": 0}.items():
        log = (logs / f"{name}.digits_nasbench201" / "0.log").read_text()
        assert f"1 networks, {stored} of them stored already" in log
    assert not planned(run(folder, *targets, "-n", "--cores", "1", config="smoke mine"))
    (tmp_path / "c100").unlink()
    shutil.copytree(places["c100"], tmp_path / "c100", copy_function=shutil.copyfile)  # other times
    rules = planned(run(folder, *targets, "-n", "--cores", "1", config="smoke mine"))
    assert {"download", "train", "collect"} <= rules


def planned(done):
    """Rules that a dry run would run."""
    assert done.returncode == 0, done.stdout
    return set(re.findall(r"^(?:local)?rule (\w+):", done.stdout, re.MULTILINE))


def test_a_changed_file_in_a_users_directory_is_read_again(run, tmp_path):
    folder, target = checkout(tmp_path / "clone"), "results/surrogate/architectures.parquet"
    archive(tmp_path / "mine")
    option = f"redundancy={{surrogate: {{architectures: {tmp_path / 'mine'}}}}}"

    def snakemake(*arguments):
        return run(folder, target, "--cores", "1", *arguments, "--config", option)

    assert snakemake().returncode == 0
    assert planned(snakemake("-n")) == set()
    file = next((tmp_path / "mine").rglob("*.json"))
    file.write_text(file.read_text().replace("12.5", "13.25"))
    assert planned(snakemake("-n")) == {"architectures"}


def test_without_files_or_network_one_message_says_what_to_do(run, tmp_path):
    folder = checkout(tmp_path / "clone")
    targets = with_datasets(folder, {"c10": "source: cifar10, root: nowhere, mirror: http://127.0.0.1:9"})
    done = run(folder, *targets, "--cores", "1", "--retries", "0", config="smoke mine")
    assert done.returncode != 0
    wanted = r"nascope: data set 'c10': there is no nowhere/cifar-10-batches-py, and http"
    wanted += r".*could not be downloaded.*put cifar-10-"
    assert len(re.findall(wanted, done.stdout)) == 1, done.stdout
    assert not list(folder.glob("results/trainings/*/shards/*"))
    assert not list(folder.glob("results/store/**/*.parquet"))
