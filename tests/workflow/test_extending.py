"""docs/extending.md followed to the letter: a fifth paper in a checkout of its own."""

import re
import subprocess

import pyarrow.parquet as pq

from tests.helpers import ROOT
from tests.workflow.harness import command, environment

BLOCK = re.compile(r"`([\w/]+\.(?:py|yaml))`[^`]*?:\n\n```(?:python|yaml)\n(.*?)```", flags=re.DOTALL)


def test_a_fifth_paper_is_a_package_and_a_section(editable):
    blocks = BLOCK.findall((ROOT / "docs" / "extending.md").read_text())
    assert len(blocks) == 7
    for file, text in blocks:
        path = editable / file
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else ""
        if text.startswith("  "):  # a study
            path.write_text(before.replace("\nstudies:\n", f"\nstudies:\n{text}", 1))
        else:
            path.write_text(before + text)
    variables = {**environment(), "PYTHONPATH": str(editable / "src")}
    line = command("toy", "--cores", "2", config="smoke")
    done = subprocess.run(line, cwd=editable, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("even_scores", "published_scores"):
        assert (editable / "results" / "figures" / "toy" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    again = command("-n", "--quiet", "rules")
    plan = subprocess.run(again, cwd=editable, env=variables, capture_output=True, text=True)
    assert plan.returncode == 0, plan.stdout + plan.stderr
    claims = pq.read_table(editable / "results" / "claims" / "toy.parquet").to_pandas()
    assert claims["claim"].unique().tolist() == ["even cells learn"]
    assert claims["evidence"].tolist() == ["all", "trained here"]
    assert claims["n"].tolist() == [3, 3]
