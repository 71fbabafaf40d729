"""Who works on a results directory, and dates of the future."""

import errno
import fcntl
import os
import subprocess
import sys
import time

import pytest

from nascope.errors import NascopeError
from nascope.results import forget_the_future, hold_results, join_results, remove_leftovers


def test_one_workflow_and_no_jobs_of_another(tmp_path):
    held = hold_results(tmp_path / "results")
    with pytest.raises(NascopeError, match="another nascope workflow is running"):
        hold_results(tmp_path / "results")
    with join_results(tmp_path / "results"), join_results(tmp_path / "results"):
        held.close()
        with pytest.raises(NascopeError, match="jobs of a workflow that was killed are still running"):
            hold_results(tmp_path / "results")
    hold_results(tmp_path / "results").close()


def test_what_cannot_be_written_is_said(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(NascopeError, match=r"results cannot be written: .*results is a file; move it away"):
        hold_results(tmp_path / "results")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(NascopeError, match=r"link is a link to .*nowhere, which does not exist; move it away"):
        hold_results(tmp_path / "link")
    with pytest.raises(NascopeError, match=r"results cannot be written: .*how its disk is mounted"):
        hold_results(tmp_path / "results" / "below")


@pytest.fixture
def no_locks(monkeypatch):
    """A file system like NFS without its lock service."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_without_locks_markers_protect_and_it_is_said(tmp_path, no_locks, caplog):
    held = hold_results(tmp_path)
    assert "its file system has no locks ([Errno 37] No locks available); marker files stand in" in caplog.text
    with pytest.raises(NascopeError, match=rf"another nascope workflow is running.*: process {os.getpid()} on"):
        hold_results(tmp_path)
    with join_results(tmp_path):
        held.close()
        with pytest.raises(NascopeError, match=r"jobs of a workflow that was killed are still running.*if it is gone"):
            hold_results(tmp_path)
    hold_results(tmp_path).close()
    assert not list(tmp_path.glob(".*.held"))


HOLDER = """
import fcntl, sys, time
from pathlib import Path
from nascope.results import hold_results, join_results
def refuse(*_):
    raise OSError(37, "No locks available")
fcntl.flock = refuse
held = hold_results(Path(sys.argv[1])), join_results(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.mark.parametrize("killed", [True, False])
def test_without_locks_a_dead_process_holds_nothing(tmp_path, no_locks, killed):
    line = [sys.executable, "-c", HOLDER, str(tmp_path), "60" if killed else "0"]
    holder = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    if killed:
        with pytest.raises(NascopeError, match=f"process {holder.pid} on"):
            hold_results(tmp_path)
        holder.kill()
    holder.wait()
    assert len(list(tmp_path.glob(".*.held"))) == (2 if killed else 0)
    hold_results(tmp_path).close()
    assert not list(tmp_path.glob(".*.held"))


def test_temporary_files_of_killed_jobs_go_and_nothing_else(tmp_path):
    left = ["store/s/ab/x.checkpoint.tmp", "store/s/ab/x.checkpoint.4711.tmp", "a/b.parquet.tmp", "store/x.weights.tmp"]
    kept = ["store/s/ab/x.checkpoint", "a/b.parquet", "notes.tmp", "a/parquet.tmp", "x.parquet.tmp.txt"]
    for name in [*left, *kept]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(kept)


def test_files_of_the_future_are_of_now_and_the_store_is_left(tmp_path):
    later, earlier = time.time() + 86_400, time.time() - 86_400
    files = {name: tmp_path / name for name in ("table", "old", "store/training", "below/store/table")}
    for name, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        date = earlier if name == "old" else later
        os.utime(path, (date, date))
    forget_the_future(tmp_path)
    now = time.time()
    assert files["table"].stat().st_mtime <= now
    assert files["below/store/table"].stat().st_mtime <= now
    assert files["old"].stat().st_mtime == pytest.approx(earlier)
    assert files["store/training"].stat().st_mtime > now


def test_links_of_the_future_are_dated_whether_or_not_they_lead_somewhere(tmp_path):
    later = time.time() + 86_400
    (tmp_path / "target").touch()
    for name, target in (("dangling", "nowhere"), ("link", "target")):
        (tmp_path / name).symlink_to(target)
        os.utime(tmp_path / name, (later, later), follow_symlinks=False)
    forget_the_future(tmp_path)
    assert all(path.lstat().st_mtime <= time.time() for path in tmp_path.iterdir())


def test_a_file_of_the_future_that_belongs_to_another_user_is_said(tmp_path, monkeypatch, caplog):
    later = time.time() + 86_400
    (tmp_path / "table").touch()
    os.utime(tmp_path / "table", (later, later))

    def refuse(*_, **__):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    forget_the_future(tmp_path)
    assert "table is dated in the future and belongs to another user: have its owner 'touch' it" in caplog.text
