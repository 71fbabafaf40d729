"""Delimited text as spreadsheets and people write it: any usual encoding, separator and compression."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nascope.errors import NascopeError

#: Bytes of the largest file, unpacked.
_MAX_BYTES = 1 << 28
_SEPARATORS = ",;\t"
#: First bytes of files that are no text, and what they are.
_OTHERS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet's own format",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet's own format",
    b"PAR1": "Parquet",
    b"%PDF": "a PDF file",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Row:
    """One row: the line of the file where it begins (from 1), and its cells by column, without space around them."""

    line: int
    cells: dict[str, str]


def is_delimited(path: Path) -> bool:
    """Whether a file's name is one of delimited text."""
    return any(suffix.lower() in (".csv", ".tsv", ".txt") for suffix in path.suffixes)


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or Latin-1, compressed by gzip or not.

    Raises:
        NascopeError: it cannot be read, is too large or is no text.
    """
    try:
        content = _content(path)
    except OSError as error:
        raise NascopeError(f"cannot read {path}: {error.strerror or error}") from None
    except (EOFError, zlib.error) as error:
        raise NascopeError(f"cannot read {path}: damaged gzip ({error})") from None
    if len(content) > _MAX_BYTES:
        raise NascopeError(f"{path}: more than {_MAX_BYTES >> 20} MiB of text")
    for start, kind in _OTHERS.items():
        if content.startswith(start):
            raise NascopeError(f"{path}: is {kind}, not text; save it as CSV")
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NascopeError(f"{path}: is neither UTF-8 nor UTF-16 text; save it as CSV in UTF-8")


def _content(path: Path) -> bytes:
    """Up to one byte more than is allowed."""
    with open(path, "rb") as file:
        if file.read(2) == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                return unpacked.read(_MAX_BYTES + 1)
        file.seek(0)
        return file.read(_MAX_BYTES + 1)


def _encodings(content: bytes) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            yield encoding
            return
    if 0 in content:  # UTF-16 without a mark has one in every other byte of plain text
        yield from ["utf-16-be"] if content[0] == 0 else ["utf-16-le"] if content[1] == 0 else []
    else:
        yield from ("utf-8", "latin-1")


def layout(text: str) -> tuple[str, str, int]:
    """The separator of a text, the text without Excel's line ``sep=;``, and how many lines that left out."""
    first, _, rest = text.partition("\n")
    named = first.strip("\r").lower().removeprefix("sep=")
    if first.lower().startswith("sep=") and len(named) == 1:
        return named, rest, 1
    return max(_SEPARATORS, key=first.count), text, 0


def read_rows(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Columns of the first row, and the rows below it that are not empty.

    Columns are in lower case. Separators are commas, semicolons or tabs, whichever the first row has most.

    Raises:
        NascopeError: no readable text, a column without a name or named twice, or (while the rows are read) a broken
            row; the message names file and line.
    """
    separator, text, skipped = layout(read_text(path))
    records = _records(path, text, separator, skipped)
    _, header = next(records, (1, []))
    columns = [column.strip().lower() for column in header]
    while columns and not columns[-1]:  # a spreadsheet's empty columns
        columns.pop()
    repeated = [column or "(no name)" for column, count in Counter(columns).items() if count > 1 or not column]
    if repeated:
        raise NascopeError(f"{path}: the first row must name each column once; not so {', '.join(repeated)}")
    return columns, (Row(line, _cells(path, line, columns, record)) for line, record in records)


def _records(path: Path, text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Records that are not empty, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NascopeError(f"{path}, line {line}: {error}; is a quotation mark missing?") from None
        if any(cell.strip() for cell in record):
            yield line, record


def _cells(path: Path, line: int, columns: list[str], record: list[str]) -> dict[str, str]:
    if any(cell.strip() for cell in record[len(columns) :]):
        raise NascopeError(
            f"{path}, line {line}: {len(record)} cells under {len(columns)} columns; quote a text that contains the "
            'separator, such as "Genotype(...)"'
        )
    cells = [cell.strip() for cell in record[: len(columns)]]
    return dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True))
