"""The one place that reads and writes Parquet: checked columns, provenance, atomic files, and sums of their bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nascope.errors import DamagedTableError, NascopeError
from nascope.schemas.column import Table
from nascope.seal import Seal, check_seal, seal

#: How tables are written: small, and with sums that other readers of Parquet can check, too.
_FORMAT = {"compression": "zstd", "write_page_checksum": True}
#: A Parquet file ends with the length of its footer and four letters.
_END = 8


def write_table(frame: pd.DataFrame, kind: Table, path: Path | str, origin: Mapping[str, str]) -> None:
    """Write a frame as a table of ``kind``: columns checked and ordered, zstd, renamed into place.

    Raises:
        ValueError: columns missing or not in the schema.
    """
    with table_writer(kind, path, origin) as write:
        write(frame)


@contextmanager
def table_writer(kind: Table, path: Path | str, origin: Mapping[str, str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Yield a function that appends frames to a table larger than memory; the file appears when the block succeeds."""
    schema = kind.schema().with_metadata(_metadata({"table": kind.name, **origin}))

    def write(frame: pd.DataFrame) -> None:
        if set(frame.columns) != set(schema.names):
            raise ValueError(f"table {kind.name}: columns {sorted(frame.columns)}, expected {sorted(schema.names)}")
        writer.write_table(pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False))

    with _replacing(Path(path)) as temporary, pq.ParquetWriter(temporary, schema, **_FORMAT) as writer:
        yield write


def write_figure_data(frame: pd.DataFrame, path: Path | str, origin: Mapping[str, str]) -> None:
    """Write exactly what a figure draws, with the figure's own names of columns."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(_metadata(origin))
    with _replacing(Path(path)) as temporary:
        pq.write_table(table, temporary, **_FORMAT)


def _metadata(values: Mapping[str, str]) -> dict[str, str]:
    return {f"nascope.{key}": value for key, value in values.items()}


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary Parquet file that is sealed and replaces ``path`` if the block succeeds.

    Its name is always the same, so that the next attempt overwrites what a killed one has left. The workflow never has
    two writers of one table.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        yield temporary
        seal(temporary, before=_footer_bytes(temporary))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _footer_bytes(path: Path) -> int:
    """Bytes from the beginning of the footer, which all readers look for at the file's end."""
    with path.open("rb") as file:
        file.seek(-_END, 2)
        return int.from_bytes(file.read(4), "little") + _END


def read_table(
    path: Path | str,
    kind: Table,
    where: Sequence[tuple[str, str, str]] = (),
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a table and check that it is of ``kind``.

    Args:
        path: the file.
        kind: the kind of table that it should be.
        where: conditions on the rows to read (column, comparison, value), for tables that are too large to read whole.
        columns: columns to read (None: all).

    Raises:
        NascopeError: there is no such file, or it has other columns; the message gives the remedy.
        DamagedTableError: it is not a whole Parquet file, or has other bytes than were written.
    """
    path = Path(path)
    if not path.exists():
        raise NascopeError(f"{path}: no such file; run the workflow's target that makes it (one row per {kind.row})")
    try:
        # First of all: a damaged file may keep Arrow's reader waiting for ever.
        if check_seal(path) is Seal.BROKEN:
            raise DamagedTableError(path, "its bytes are not those that were written")
        present = pq.read_schema(path).names
        missing = [name for name in kind.schema().names if name not in present]
        if missing:
            raise NascopeError(f"{path}: not a {kind.name} table, columns {', '.join(missing)} are missing")
        read = pq.read_table(path, columns=columns, filters=list(where) or None, page_checksum_verification=True)
        return read.to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedTableError(path, error) from None


def empty_table(kind: Table) -> pd.DataFrame:
    """A frame of ``kind`` without rows."""
    return kind.schema().empty_table().to_pandas()
