"""What users' files are known by: another file, or a changed one, gives another state."""

import os

import pytest

from nascope import filestate
from nascope.datasets.spec import DatasetSpec
from nascope.filestate import state_of


def look(*arguments):
    """The state as a new process sees it."""
    state_of.cache_clear()
    return state_of(*arguments)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (1000, 1000))


@pytest.fixture
def folder(tmp_path):
    for name in ("train/a/1.png", "train/b/2.png", "val/a/3.png", "other/x"):
        write(tmp_path / "mine" / name, name)
    return tmp_path / "mine"


CHANGES = {
    "another": lambda folder: write(folder / "train" / "b" / "4.png", "x"),
    "gone": lambda folder: (folder / "train" / "a" / "1.png").unlink(),
    "renamed": lambda folder: (folder / "train" / "a" / "1.png").rename(folder / "train" / "a" / "0.png"),
    "longer": lambda folder: write(folder / "val" / "a" / "3.png", "longer"),
    "newer": lambda folder: os.utime(folder / "val" / "a" / "3.png", (2000, 2000)),
    "older": lambda folder: os.utime(folder / "val" / "a" / "3.png", (500, 500)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_below_a_directory_is_seen(folder, change):
    before = look(str(folder)), look(str(folder), ("train", "val"))
    change(folder)
    assert look(str(folder)) != before[0]
    assert look(str(folder), ("train", "val")) != before[1]


def test_what_nobody_reads_does_not_count(folder):
    before = look(str(folder), ("train", "val"))
    write(folder / "other" / "y", "y")
    write(folder / "train" / ".DS_Store", "y")
    assert look(str(folder), ("train", "val")) == before


def test_of_very_many_files_directories_are_looked_at(folder, monkeypatch):
    monkeypatch.setattr(filestate, "_MOST_FILES", 2)
    before = look(str(folder))
    assert look(str(folder)) == before
    CHANGES["another"](folder)
    assert look(str(folder)) != before


def test_links_in_circles_and_what_is_absent_end(folder):
    (folder / "train" / "circle").symlink_to(folder)
    (folder / "train" / "nowhere").symlink_to("nowhere")
    assert look(str(folder)) != look(str(folder / "absent"))
    assert look(str(folder / "absent")) == look(str(folder / "absent2"))


def test_a_file_is_known_by_its_size_and_time(tmp_path):
    write(tmp_path / "x.csv", "abc")
    before = look(str(tmp_path / "x.csv"))
    os.utime(tmp_path / "x.csv", (2000, 2000))
    assert look(str(tmp_path / "x.csv")) != before


@pytest.mark.parametrize(("source", "classes"), [("parquet", 3), ("imagenet", None)])
def test_users_images_are_found_by_their_files(folder, source, classes):
    """Another file under the same root, or a changed one, is another data set: it is read and trained on anew."""
    spec = DatasetSpec(source=source, root=str(folder), classes=classes)

    def known():
        state_of.cache_clear()
        return spec.files_name(), spec.content()

    first = known()
    write(folder / "train" / "c" / "5.png", "") if source == "imagenet" else write(folder / "train-1.parquet", "")
    second = known()
    write(folder / "unread.parquet", "")
    assert known() == second
    assert first[0] != second[0]
    assert first[1] != second[1]
    official = DatasetSpec(source="cifar10", root=str(folder))
    assert official.content() == {"source": "cifar10"}  # the sums of official files are checked
