"""The report: one self-contained page with every figure beside the claims it bears on."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow.parquet as pq
import yaml

#: Order and names of the papers in the report.
PAPERS = {
    "nasbench201": "NAS-Bench-201 (Dong & Yang, ICLR 2020)",
    "understanding": "Understanding architectures learnt by cell-based NAS (Shu, Wang & Cai, ICLR 2020)",
    "redundancy": "On redundancy and diversity in cell-based NAS (Wan et al., ICLR 2022)",
    "stacnas": "StacNAS / hierarchical NAS via operator clustering (Li et al., 2021)",
}


def write_report(
    path: Path | str,
    claims: pd.DataFrame,
    plans: pd.DataFrame,
    genotypes: pd.DataFrame,
    captions: Mapping[str, Mapping[str, str]],
    origin: Mapping[str, str],
) -> None:
    """Write the page.

    Args:
        path: where; figures are looked for under ``figures/`` beside it.
        claims: ``claims`` of all papers.
        plans: ``plan`` of all set-ups.
        genotypes: ``genotypes`` of all studies.
        captions: captions by paper and figure.
        origin: provenance of the run.
    """
    path = Path(path)
    papers = [
        {
            "title": PAPERS[paper],
            "figures": [_figure(path.parent, paper, name, text, claims) for name, text in figures.items()],
        }
        for paper, figures in captions.items()
    ]
    template = jinja2.Environment(autoescape=True).from_string(
        files("nascope").joinpath("report.html").read_text(encoding="utf-8")
    )
    page = template.render(
        papers=papers,
        savings=savings(plans, genotypes),
        origin=origin,
        packages=json.loads(origin["packages"]),
    )
    path.write_text(page, encoding="utf-8")


def savings(plans: pd.DataFrame, genotypes: pd.DataFrame) -> dict[str, int]:
    """How many trainings were asked for and how many were run, equal functions being trained once."""
    return {"asked": int(genotypes["seeds"].map(len).sum()), "run": int(plans["seeds"].map(len).sum())}


def write_config(path: Path | str, config: dict[str, Any]) -> None:
    """The resolved config of the run, as YAML."""
    Path(path).write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _figure(results: Path, paper: str, name: str, caption: str, claims: pd.DataFrame) -> dict[str, Any]:
    stem = results / "figures" / paper / name
    metadata = pq.read_schema(stem.with_suffix(".parquet")).metadata or {}
    chosen = claims[(claims["paper"] == paper) & (claims["figure"] == name)]
    return {
        "name": name,
        "caption": caption,
        "image": base64.b64encode(stem.with_suffix(".png").read_bytes()).decode(),
        "source": metadata.get(b"nascope.source", b"").decode(),
        "link": f"figures/{paper}/{name}",
        "claims": [_claim(row) for row in chosen.to_dict("records")],
    }


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    bounded = abs(row["low"]) != float("inf")
    interval = (
        f"95% interval {row['low']:.3g} to {row['high']:.3g}, n = {row['n']}"
        if bounded
        else f"n = {row['n']}: no interval"
    )
    return {
        **row,
        "style": row["verdict"].replace(" ", "-"),
        "sureness": interval,
        "value": f"{row['estimate']:.3g}",
    }
