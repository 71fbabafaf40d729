"""The report: one self-contained page with every figure beside the claims that it supports or contradicts."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import jinja2
import pandas as pd
import pyarrow.parquet as pq
import yaml

from nascope.evidence.estimate import Verdict
from nascope.evidence.kinds import SUMMARY
from nascope.loading import data_file


def write_report(
    path: Path | str,
    claims: pd.DataFrame,
    trainings: pd.DataFrame,
    genotypes: pd.DataFrame,
    papers: Mapping[str, Mapping[str, Any]],
    origin: Mapping[str, str],
) -> None:
    """Write the page.

    Args:
        path: of the page; figures are looked for under ``figures/`` beside it.
        claims: ``claims`` of all papers; figures show the tests, the scorecard counts the rows that sum claims up.
        trainings: ``trainings`` of all set-ups.
        genotypes: ``genotypes`` of all studies.
        papers: by name, ``title`` and ``figures`` (captions by figure) of each.
        origin: provenance of the run.
    """
    path = Path(path)
    shown = [
        {
            "title": paper["title"],
            "figures": [_figure(path.parent, name, figure, text, claims) for figure, text in paper["figures"].items()],
        }
        for name, paper in papers.items()
    ]
    template = jinja2.Environment(autoescape=True).from_string(
        data_file(__file__, "report.html").read_text(encoding="utf-8")
    )
    page = template.render(
        papers=shown,
        scorecard=scorecard(claims, {name: paper["title"] for name, paper in papers.items()}),
        savings=savings(trainings, genotypes),
        origin=origin,
        packages=json.loads(origin["packages"]),
    )
    path.write_text(page, encoding="utf-8")


def scorecard(claims: pd.DataFrame, titles: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Claims of each paper by verdict: numbers of rows that sum a claim up, by title and verdict."""
    summaries = claims[claims["evidence"] == SUMMARY]
    counts = pd.crosstab(summaries["paper"], summaries["verdict"])
    counts = counts.reindex(index=list(titles), columns=get_args(Verdict), fill_value=0)
    rows = counts.to_dict("index")
    return {titles[paper]: {verdict: int(n) for verdict, n in row.items()} for paper, row in rows.items()}


def savings(trainings: pd.DataFrame, genotypes: pd.DataFrame) -> dict[str, int]:
    """How many trainings were asked for, and how many there are: equal functions are trained only once."""
    return {"asked": int(genotypes["seeds"].map(len).sum()), "run": len(trainings)}


def write_config(path: Path | str, config: dict[str, Any]) -> None:
    """The resolved config of the run, as YAML."""
    Path(path).write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _figure(results: Path, paper: str, name: str, caption: str, claims: pd.DataFrame) -> dict[str, Any]:
    stem = results / "figures" / paper / name
    metadata = pq.read_schema(stem.with_suffix(".parquet")).metadata or {}
    chosen = claims[(claims["paper"] == paper) & (claims["figure"] == name) & (claims["evidence"] != SUMMARY)]
    return {
        "caption": caption,
        "image": base64.b64encode(stem.with_suffix(".png").read_bytes()).decode(),
        "source": metadata.get(b"nascope.source", b"").decode(),
        "link": f"figures/{paper}/{name}",
        "claims": [_claim(row) for row in chosen.to_dict("records")],
    }


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    units = f"n = {row['n']} {row['unit']}"
    bounded = math.isfinite(row["high"] - row["low"]) and row["low"] < row["high"]
    return {
        **row,
        "style": row["verdict"].replace(" ", "-"),
        "sureness": f"95% interval {row['low']:.3g} to {row['high']:.3g}, {units}" if bounded else units,
        "value": f"{row['estimate']:.3g}" if math.isfinite(row["estimate"]) else "not computed",
    }
