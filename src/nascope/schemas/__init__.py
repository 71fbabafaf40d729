"""What the tables hold: a schema for each kind, with the unit and meaning of every column."""

from __future__ import annotations

from nascope.schemas import analyses, searches, trainings
from nascope.schemas.column import Table

TABLES: dict[str, Table] = {**trainings.TABLES, **searches.TABLES, **analyses.TABLES}
