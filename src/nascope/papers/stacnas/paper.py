"""Li et al. 2021: operators that correlate, two-stage search, collapse, gradient confusion."""

from __future__ import annotations

from nascope.papers.declare import Paper
from nascope.papers.stacnas.settings import StacNas

PAPER = Paper(
    name="stacnas",
    year=2021,
    citation="StacNAS / hierarchical NAS via operator clustering (Li et al. 2021)",
    settings=StacNas,
)
