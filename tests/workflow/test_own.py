"""A study of one's own cells, by the README's recipe: its target draws it, and the report shows it."""

import html
import shutil

import pyarrow.parquet as pq
import pytest

CELLS = """name,genotype
published,DARTS_V2
few edges,"Genotype(normal=[('skip_connect', 0), ('none', 1), ('sep_conv_3x3', 2), ('skip_connect', 0)],
normal_concat=[2, 3], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1)],
reduce_concat=[2, 3])"
$g_{$,|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|
"""
STUDY = """studies:
  mine: {kind: listed, dataset: digits, protocol: digits_darts, options: {path: mine.csv, seeds: [0, 3]}}
understanding: {geometry: {measures: {landscape: {studies: {mine: {trajectory: 0}}}}}}
"""
FIGURES = ("curves", "cells", "scores", "standing", "landscape")


@pytest.fixture(scope="module")
def mine(finished, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "checkout"
    shutil.copytree(finished, folder, symlinks=True)
    (folder / "mine.csv").write_text(CELLS)
    (folder / "config" / "mine.yaml").write_text(STUDY)
    return folder


def test_own_cells_are_drawn_without_more_config(mine, run):
    done = run(mine, "mine", "--cores", "2", config="smoke mine")
    assert done.returncode == 0, done.stdout
    data = {}
    for name in FIGURES:
        stem = mine / "results" / "figures" / "studies" / "mine" / name
        assert stem.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
        table = pq.read_table(stem.with_suffix(".parquet"))
        note = table.schema.metadata[b"nascope.source"].decode()
        assert note.startswith("Study mine: 3 cells trained here on digits with protocol digits_darts")
        assert "2 seeds each" in note
        data[name] = table.to_pandas()
    assert data["cells"].set_index("name")["parameters"].gt(0).to_dict() == dict.fromkeys(data["cells"]["name"], True)
    assert data["cells"]["width"].dropna().tolist() == [3.5, 1.5]
    assert data["scores"].groupby("name")["seed"].agg(list).tolist() == [[0, 3]] * 3
    assert set(data["curves"]["name"]) == set(data["landscape"]["panel"]) == {"published", "few edges", "$g_{$"}
    standing = data["standing"]
    assert standing["whose"].value_counts()["own"] == 3
    assert "SNAS_mild" in set(standing.loc[standing["whose"] == "published", "name"])
    assert standing["place"].min() == 1


def test_the_report_shows_own_studies(mine, run):
    done = run(mine, "results/report.html", "--cores", "2", config="smoke mine")
    assert done.returncode == 0, done.stdout
    page = html.unescape((mine / "results" / "report.html").read_text())
    assert "A study of your own: mine" in page
    for name in FIGURES:
        assert f'<figure id="figures/studies/mine/{name}">' in page
    assert "Nothing to be done" in run(mine, "-n", config="smoke mine").stdout
