"""The report: tests beside figures, and a scorecard of claims."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nascope.report import scorecard, write_report

TITLES = {"p": "A paper", "q": "Another paper"}


def claims():
    """A claim with two tests and its summary, and one that cannot be tested."""
    columns = ["paper", "claim", "evidence", "figure", "statement", "measure", "estimate", "low", "high", "n", "unit"]
    rows = [
        ("p", "c", "all", "f", "S.", "m", 0.5, 0.2, 0.8, 30, "cells", "holds", "", "published trainings: s"),
        ("p", "c", "published trainings", "f", "S.", "m", 0.5, 0.2, 0.8, 30, "cells", "holds", "", "s"),
        (
            "p",
            "c",
            "trained here",
            "f",
            "S.",
            "m",
            *[np.nan] * 3,
            0,
            "cells",
            "not testable at this scale",
            "short",
            "t",
        ),
        ("q", "d", "all", "g", "T.", "m", 1.0, 1.0, 1.0, 3, "cases", "holds", "", "computed: u"),
        ("q", "d", "computed", "g", "T.", "m", 1.0, 1.0, 1.0, 3, "cases", "holds", "", "u"),
    ]
    return pd.DataFrame(rows, columns=[*columns, "verdict", "why", "scope"])


def test_the_scorecard_counts_every_claim_once():
    counts = scorecard(claims(), TITLES)
    assert {title: sum(row.values()) for title, row in counts.items()} == {"A paper": 1, "Another paper": 1}
    assert counts["A paper"]["holds"] == 1
    assert scorecard(claims().iloc[:0], TITLES)["A paper"]["undecided"] == 0


def test_figures_stand_beside_their_tests_and_not_beside_summaries(tmp_path):
    papers = {}
    for paper, figure in (("p", "f"), ("q", "g")):
        folder = tmp_path / "figures" / paper
        folder.mkdir(parents=True)
        (folder / f"{figure}.png").write_bytes(b"png")
        pq.write_table(pa.table({"x": [1]}), folder / f"{figure}.parquet")
        papers[paper] = {"title": TITLES[paper], "figures": {figure: "Caption."}}
    genotypes = pd.DataFrame({"seeds": [[0], [0, 1]]})
    origin = {"packages": json.dumps({}), "config_hash": "h", "commit": "c", "python": "3"}
    write_report(tmp_path / "report.html", claims(), genotypes.iloc[:2], genotypes, papers, origin)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('<span class="verdict">') == 3
    assert "published trainings: “S.”" in page
    assert "95% interval 0.2 to 0.8, n = 30 cells" in page
    assert "m = <b>not computed</b> (n = 0 cells). short." in page
    assert "m = <b>1</b> (n = 3 cases)." in page
    assert '<table id="scorecard">' in page
    assert ">nan" not in page
