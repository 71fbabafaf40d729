"""Who works on a results directory, and dates of the future."""

import os
import time

import pytest

from nascope.errors import NascopeError
from nascope.results import forget_the_future, hold_results, join_results


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
    with pytest.raises(NascopeError, match=r"results cannot be written: .*how its disk is mounted"):
        hold_results(tmp_path / "results")


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
