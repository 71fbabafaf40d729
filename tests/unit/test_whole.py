"""Delivered files that are not whole are set aside."""

import pandas as pd
import pytest

from nascope.drawing.style import Drawing, canvas, save_drawing
from nascope.workflow.whole import is_whole, set_aside


@pytest.fixture
def delivered(tmp_path):
    """A figure as page, picture and data, a report and a list of claims."""
    figure, axis = canvas(1, 1, 3, 2)
    axis.plot([0, 1])
    stem = tmp_path / "figure"
    paths = [stem.with_suffix(suffix) for suffix in (".pdf", ".png", ".parquet")]
    save_drawing(Drawing(figure, pd.DataFrame({"x": [0, 1]}), "Made by a test."), *paths, {})
    (tmp_path / "report.html").write_text("<!doctype html>\n<html>\n</html>\n")
    (tmp_path / "claims.csv").write_text("paper,claim\n")
    return sorted(map(str, tmp_path.iterdir()))


def test_whole_files_stay(delivered):
    assert set_aside([*delivered, "not/there.png"]) == []


@pytest.mark.parametrize("name", ["figure.pdf", "figure.png", "figure.parquet", "report.html", "claims.csv"])
@pytest.mark.parametrize("keep", [0, 0.5])
def test_cut_files_are_set_aside(tmp_path, delivered, name, keep):
    if name == "claims.csv" and keep:
        pytest.skip("nothing tells where a CSV file ends")
    path = tmp_path / name
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    assert set_aside(delivered) == [str(path)]
    assert not path.exists()
    assert (tmp_path / f"{name}.damaged").exists()


def test_zeroed_files_are_not_whole(tmp_path):
    (tmp_path / "report.html").write_bytes(bytes(1000))
    assert not is_whole(tmp_path / "report.html")
