"""Shu et al. 2020: wide and shallow cells, their convergence, loss landscapes, theory and generalisation."""

from __future__ import annotations

from nascope.papers.declare import Paper
from nascope.papers.understanding.settings import Understanding

PAPER = Paper(
    name="understanding",
    year=2020,
    citation="Understanding architectures learnt by cell-based NAS (Shu et al. 2020)",
    settings=Understanding,
)
