"""Records of what files were made from lie beside the files."""

import shutil

import pytest

from nascope.workflow.records import keep_with_results


@pytest.fixture
def started(tmp_path):
    """A directory in which a workflow was started, with a record of an earlier version."""
    records = tmp_path / "clone" / ".snakemake"
    for kind in ("metadata", "incomplete"):
        (records / kind).mkdir(parents=True)
        (records / kind / "table").write_text(kind)
    return records, tmp_path / "clone" / "results"


def read(records):
    return [(records / kind / "table").read_text() for kind in ("metadata", "incomplete")]


def test_records_move_into_the_results_and_are_still_found(started):
    records, results = started
    for _ in range(2):
        keep_with_results(records, results)
        assert read(records) == ["metadata", "incomplete"]
    assert (results / ".snakemake" / "metadata" / "table").exists()


def test_whoever_works_on_the_results_has_their_records(started, tmp_path):
    records, results = started
    keep_with_results(records, results)
    shutil.rmtree(records)
    keep_with_results(records, results)
    assert read(records) == ["metadata", "incomplete"]
    other = tmp_path / "other" / ".snakemake"
    (other / "metadata").mkdir(parents=True)
    (other / "metadata" / "table").write_text("of other results")
    (tmp_path / "other" / "results").symlink_to(results)
    keep_with_results(other, tmp_path / "other" / "results")
    assert read(other) == ["metadata", "incomplete"]


def test_records_follow_exchanged_and_moved_results(started):
    records, results = started
    keep_with_results(records, results)
    results.rename(results.with_name("kept"))
    keep_with_results(records, results)
    assert not list((records / "metadata").iterdir())
    shutil.rmtree(results)
    results.with_name("kept").rename(results)
    moved = records.parent.rename(records.parents[1] / "moved")
    keep_with_results(moved / ".snakemake", moved / "results")
    assert read(moved / ".snakemake") == ["metadata", "incomplete"]


def test_results_that_cannot_be_written_leave_records_where_they_are(started):
    records, results = started
    results.write_text("a file")
    keep_with_results(records, results)
    assert read(records) == ["metadata", "incomplete"]
