"""All kinds of tables by name. ``python -m nascope.schemas.catalogue`` prints ``docs/tables.md``."""

from __future__ import annotations

import sys

from nascope.schemas import evidence, geometry, importance, operators, searches, summaries, trainings
from nascope.schemas.column import Table

TABLES: dict[str, Table] = {
    table.name: table
    for module in (trainings, searches, operators, importance, geometry, evidence, summaries)
    for table in vars(module).values()
    if isinstance(table, Table)
}


def document() -> str:
    """The dictionary of tables as Markdown."""
    lines = [
        "# Tables",
        "",
        "Made by `make docs`; a test keeps it current. Every file is Parquet (zstd). Units and descriptions are also",
        "in the metadata of the fields; config, commit and package versions are in the metadata of the file.",
    ]
    for name, table in TABLES.items():
        lines += ["", f"## {name}", "", f"One row per {table.row}.", ""]
        lines += ["| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| `{c.name}` | {c.kind} | {c.unit} | {c.description} |" for c in table.columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
