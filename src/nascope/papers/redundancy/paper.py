"""Wan et al. 2022: which operations of good cells matter, and how little of a search space that leaves."""

from __future__ import annotations

from nascope.papers.declare import Paper
from nascope.papers.redundancy.settings import Redundancy

PAPER = Paper(
    name="redundancy",
    year=2022,
    citation="On redundancy and diversity in cell-based NAS (Wan et al., ICLR 2022)",
    settings=Redundancy,
)
