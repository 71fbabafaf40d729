"""The benchmark's own files: NAS-Bench-201-v1_*.pth, and NATS-Bench's NATS-tss-* directories or single file.

They are pickles of nested dictionaries, which the authors' loader expands to tens of GB
(:mod:`nascope.oracles.unpickling` does not).
"""

from __future__ import annotations

import bz2
import pickle
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tqdm import tqdm

from nascope.errors import NascopeError, lacks_room
from nascope.oracles.runs import OnCell, Runs
from nascope.oracles.unpickling import stream_cells
from nascope.packed import UNPACKING_ERRORS, most_bytes
from nascope.plain_pickle import ERRORS, BoundedStream

#: What PyTorch's older file format begins with.
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
#: Bytes of the longest single value (the strings of cells have some hundred).
_LONGEST = 1 << 20


def read_official(path: Path | str, on_cell: OnCell) -> None:
    """Read a file or directory of NAS-Bench-201 or NATS-Bench (topology space).

    Args:
        path: ``NAS-Bench-201-v1_*.pth``, ``NATS-tss-*.pickle.pbz2``, or a directory of ``000000.pickle.pbz2``.
        on_cell: called for each cell and schedule.

    Raises:
        NascopeError: no such file, a truncated or foreign one, or one that names a class that could run code.
    """
    path = Path(path)
    cells = 0

    def count(index: int, genotype: str, runs: Runs) -> None:
        nonlocal cells
        cells += 1
        on_cell(index, genotype, runs)

    if path.is_dir():
        _read_directory(path, count)
    else:
        _read_file(path, count)
    if not cells:
        raise NascopeError(f"{path}: there are no records of NAS-Bench-201 cells in it")


def _read_directory(path: Path, on_cell: OnCell) -> None:
    files = sorted(file for file in path.glob("*.pickle.pbz2") if re.fullmatch(r"\d{6}\.pickle", file.stem))
    for file in tqdm(files, desc=path.name, unit="cells", mininterval=5):
        with _refusing(file), bz2.open(file) as stream:
            stream_cells(_bounded(file, stream), on_cell)
            _finish(stream)


def _read_file(path: Path, on_cell: OnCell) -> None:
    with _refusing(path), path.open("rb") as raw:
        size = path.stat().st_size
        with tqdm(total=size, desc=path.name, unit="B", unit_scale=True, mininterval=5) as progress:

            def report(index: int, genotype: str, runs: Runs) -> None:
                progress.update(raw.tell() - progress.n)
                on_cell(index, genotype, runs)

            for stream in _pickle_streams(path, raw):
                _load_whole(_bounded(path, stream), report)


def _bounded(path: Path, stream: IO[bytes]) -> BoundedStream:
    """What a file unpacks to, refused where that is more than such files hold."""
    return BoundedStream(stream, _LONGEST, most_bytes(path))


def _finish(stream: IO[bytes]) -> None:
    """Read on to the end, where bzip2 and zip files check their sums; a pickle may end before."""
    stream.read(_LONGEST)


def _pickle_streams(path: Path, raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """The pickle inside whatever wraps it: bzip2, PyTorch's zip format, or nothing."""
    if path.suffix == ".pbz2":
        with bz2.open(raw) as compressed:
            yield compressed
            _finish(compressed)
    elif zipfile.is_zipfile(raw):
        with zipfile.ZipFile(raw) as archive:
            for name in (name for name in archive.namelist() if name.endswith("/data.pkl")):
                with archive.open(name) as stored:
                    yield stored
                    _finish(stored)
    else:
        raw.seek(0)
        yield raw


def _load_whole(stream: BoundedStream, on_cell: OnCell) -> None:
    """Load a pickle; PyTorch's older format has three short ones before it."""
    if stream_cells(stream, on_cell) == _TORCH_MAGIC:
        for _ in ("format version", "system", "content"):
            stream_cells(stream, on_cell)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what can go wrong with a file into a message that names it."""
    try:
        yield
    except NascopeError as error:  # of one cell
        raise NascopeError(f"{path}: {error}; download it again") from None
    except FileNotFoundError:
        raise NascopeError(f"{path}: no such file or directory") from None
    except (EOFError, struct.error):
        raise NascopeError(f"{path}: the file is truncated; download it again") from None
    except (*ERRORS, *UNPACKING_ERRORS) as error:
        if lacks_room(error):  # where the records are written
            raise
        reason = (
            str(error)[:200] if isinstance(error, pickle.UnpicklingError) else f"{type(error).__name__}: {error}"[:200]
        )
        if "truncated" in reason:
            raise NascopeError(f"{path}: the file is truncated; download it again") from None
        raise NascopeError(f"{path}: refused, not a file of NAS-Bench-201 or NATS-Bench ({reason})") from None
