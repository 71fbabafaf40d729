"""The one place that reads and writes Parquet: checked columns, provenance, atomic files.

``python -m nascope.tables`` prints ``docs/tables.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nascope.errors import DamagedTableError, NascopeError
from nascope.schemas import TABLES


def write_table(frame: pd.DataFrame, kind: str, path: Path | str, origin: Mapping[str, str]) -> None:
    """Write a frame as a table of ``kind``: columns checked and ordered, zstd, renamed into place.

    Raises:
        ValueError: columns missing or not in the schema.
    """
    with table_writer(kind, path, origin) as write:
        write(frame)


@contextmanager
def table_writer(kind: str, path: Path | str, origin: Mapping[str, str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Yield a function that appends frames to a table larger than memory; the file appears when the block ends well."""
    schema = TABLES[kind].schema().with_metadata(_metadata({"table": kind, **origin}))

    def write(frame: pd.DataFrame) -> None:
        if set(frame.columns) != set(schema.names):
            raise ValueError(f"table {kind}: columns {sorted(frame.columns)}, expected {sorted(schema.names)}")
        writer.write_table(pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False))

    with _replacing(Path(path)) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        yield write


def write_figure_data(frame: pd.DataFrame, path: Path | str, origin: Mapping[str, str]) -> None:
    """Write exactly what a figure draws, beside it; columns as the figure names them."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(_metadata(origin))
    with _replacing(Path(path)) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def _metadata(values: Mapping[str, str]) -> dict[str, str]:
    return {f"nascope.{key}": value for key, value in values.items()}


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name that replaces ``path`` if the block ends well.

    The name is always the same, so that the next attempt overwrites what a killed one left; the workflow never has two
    writers of one table.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_table(
    path: Path | str,
    kind: str,
    where: Sequence[tuple[str, str, str]] = (),
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a table and check that it is of ``kind``.

    Args:
        path: the file.
        kind: a key of ``TABLES``.
        where: column, comparison and value for the rows to read, for tables that are too large to read whole.
        columns: those to read (None: all).

    Raises:
        NascopeError: no such file or other columns; the message gives the remedy.
        DamagedTableError: not a whole Parquet file.
    """
    path = Path(path)
    if not path.exists():
        raise NascopeError(
            f"{path}: no such file; run the workflow's target that makes it (a table of {TABLES[kind].row})"
        )
    try:
        present = pq.read_schema(path).names
        missing = [name for name in TABLES[kind].schema().names if name not in present]
        if missing:
            raise NascopeError(f"{path}: not a {kind} table, columns {', '.join(missing)} are missing")
        return pq.read_table(path, columns=columns, filters=list(where) or None).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedTableError(path, error) from None


def read_inputs(paths: Mapping[str, str | Sequence[str]]) -> dict[str, pd.DataFrame | list[pd.DataFrame]]:
    """Read tables named by kind; a prefix tells two of a kind apart (``own_benchmark`` is a ``benchmark``).

    Where a name stands for several files, their tables come as a list.
    """
    tables: dict[str, pd.DataFrame | list[pd.DataFrame]] = {}
    for name, path in paths.items():
        kind = name if name in TABLES else name.partition("_")[2]
        several = not isinstance(path, str)
        tables[name] = [read_table(one, kind) for one in path] if several else read_table(path, kind)
    return tables


def empty_table(kind: str) -> pd.DataFrame:
    """A frame of ``kind`` without rows."""
    return TABLES[kind].schema().empty_table().to_pandas()


def document() -> str:
    """The dictionary of tables as Markdown."""
    lines = [
        "# Tables",
        "",
        "Made by `make docs`; a test keeps it current. Every file is Parquet (zstd). Units and descriptions are also",
        "in the fields' metadata; config, commit and package versions in the file's metadata.",
    ]
    for name, table in TABLES.items():
        lines += [
            "",
            f"## {name}",
            "",
            f"A row is {table.row}.",
            "",
            "| column | type | unit | meaning |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{c.name}` | {c.kind} | {c.unit} | {c.description} |" for c in table.columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
