"""Dong & Yang 2020: a tabular benchmark of 15,625 cells, searches on it, and a benchmark of one's own."""

from __future__ import annotations

from nascope.papers.declare import Paper
from nascope.papers.nasbench201.settings import NasBench201

PAPER = Paper(
    name="nasbench201",
    year=2020,
    citation="NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search (Dong & Yang, ICLR 2020)",
    settings=NasBench201,
    targets=lambda plan: [study.trainings for study in plan.studies(plan.section.further_spaces)],
)
