"""Official archives of data sets: downloaded once, resumed where they broke off, checked and unpacked."""

from __future__ import annotations

import http.client
import os
import platform
import shutil
import ssl
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from nascope.datasets.archives import Archive, md5_of
from nascope.datasets.registry import source_named
from nascope.errors import NascopeError
from nascope.packed import DamagedArchiveError, open_zip, unpacking

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_CHUNK = 1 << 20
_TIMEOUT = 60
#: What networks and addresses raise; ValueError comes of addresses that are none.
_NETWORK_ERRORS = (
    *(urllib.error.URLError, http.client.HTTPException, ssl.SSLError),
    *(TimeoutError, ConnectionError, ValueError),
)
#: What a root that is a file, or cannot be written to, raises.
_ROOT_ERRORS = (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError)


def fetch(name: str, spec: DatasetSpec) -> None:
    """Make sure that a data set's files are below its root: what is missing is downloaded, what is there stays.

    Args:
        name: as the config calls it.
        spec: its source, root and mirror.

    Raises:
        NascopeError: no network, a file of another size or MD5 sum, one that is no archive, too little space on the
            disk, a root that cannot be read or written, or a source that cannot be downloaded and whose root is not
            there.
    """
    source = source_named(spec.source)
    if not source.archives and not source.embedded and not spec.folder.is_dir():
        raise NascopeError(
            f"data set {name!r}: there is no directory {spec.folder}, and {spec.source} cannot be downloaded: put your "
            f"files there or set datasets.{name}.root in the config"
        )
    try:
        for archive in source.archives:
            if not all((spec.folder / held).exists() for held in archive.holds):
                _fetch_archive(name, spec, archive)
    except _ROOT_ERRORS as error:
        raise NascopeError(
            f"data set {name!r}: {error.filename}: {error.strerror}; put that right or set datasets.{name}.root"
        ) from None


def _fetch_archive(name: str, spec: DatasetSpec, archive: Archive) -> None:
    root = spec.folder
    root.mkdir(parents=True, exist_ok=True)
    users = root / archive.name
    if users.exists():  # The user has put it there; whatever is wrong with it, it stays.
        remedy = f"replace it, or move it away and {archive.name} is downloaded"
        _check(users, archive, remedy)
        _unpack(users, archive, root, remedy)
        return
    downloaded = root / f"{archive.name}.downloaded"
    try:
        _download(archive, _address(archive, spec.mirror), downloaded)
    except NascopeError as error:
        raise NascopeError(
            f"data set {name!r}: there is no {root / archive.holds[0]}, and {error}. Without network, put "
            f"{archive.name} in {root}, or set datasets.{name}.root to where its content is, or datasets.{name}."
            "mirror to a directory of archives"
        ) from None
    if archive.holds == (archive.name,):
        downloaded.replace(users)
        return
    try:
        _unpack(downloaded, archive, root, "it was removed, try again")
    except DamagedArchiveError:
        downloaded.unlink()
        raise
    downloaded.unlink()


def _address(archive: Archive, mirror: str) -> str:
    if not mirror:
        return archive.url
    base = mirror if "://" in mirror else Path(mirror).resolve().as_uri()
    return f"{base.rstrip('/')}/{archive.name}"


def _download(archive: Archive, url: str, target: Path) -> None:
    """Download an archive to ``target``, where an earlier attempt may have left it, and check it."""
    if not target.exists():
        part = target.with_name(f"{archive.name}.part")
        _check_room(archive, target.parent, part)
        try:
            _continue(url, part, archive.size)
        except _NETWORK_ERRORS as error:
            if getattr(error, "code", None) == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()  # it is not the beginning of what is there
            kept = part.stat().st_size if part.exists() else 0
            raise NascopeError(
                f"{url} could not be downloaded ({error}; {kept:,} bytes are kept for the next attempt)"
            ) from None
        part.replace(target)
    try:
        _check(target, archive, "it was removed, try again")
    except NascopeError:
        target.unlink()
        raise


def _continue(url: str, part: Path, size: int) -> None:
    """Download what ``part`` lacks; more than the whole file is no beginning of it."""
    if size and part.exists() and part.stat().st_size > size:
        part.unlink()
    have = part.stat().st_size if part.exists() else 0
    if size and have == size:
        return
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        resumed = have > 0 and getattr(answer, "status", None) == http.HTTPStatus.PARTIAL_CONTENT
        announced = answer.headers.get("Content-Length", "")
        size = size or (int(announced) + have * resumed if announced.isdecimal() else 0)
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(desc=part.stem, initial=have if resumed else 0, total=size or None, unit="B", unit_scale=True) as bar,
        ):
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
    if size and part.stat().st_size < size:
        raise ConnectionError(f"the connection broke off after {part.stat().st_size:,} of {size:,} bytes")


def _check_room(archive: Archive, root: Path, part: Path) -> None:
    # The archive, and its content beside it.
    needed = 3 * archive.size - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(root).free
    if free < needed:
        raise NascopeError(f"{root} has {free / 1e9:.1f} GB of free space, {archive.name} needs {needed / 1e9:.1f}")


def _check(path: Path, archive: Archive, remedy: str) -> None:
    size = path.stat().st_size
    if archive.size and size != archive.size:
        raise NascopeError(f"{path} had {size:,} bytes, the official file has {archive.size:,}; {remedy}")
    if not archive.md5:
        return
    found = md5_of(path)
    if found != archive.md5:
        raise NascopeError(f"{path} had MD5 {found}, the official file has {archive.md5}; {remedy}")


def _unpack(path: Path, archive: Archive, root: Path, remedy: str) -> None:
    """Move what an archive holds below ``root``, all or nothing, wherever in the archive it lies."""
    _remove_leftovers(root)
    with tempfile.TemporaryDirectory(dir=root, prefix=f"{_unpacking()}{os.getpid()}-") as folder:
        with unpacking(path, remedy):
            _extract(path, archive.name, folder)
        found = {held: next(Path(folder).rglob(held), None) for held in archive.holds}
        for held, place in found.items():
            if place is None:
                raise DamagedArchiveError(f"{path}: no {held} in it; {remedy}")
        for held, place in found.items():
            if place is not None and not (root / held).exists():
                place.replace(root / held)


def _unpacking() -> str:
    """How the names of directories begin in which this machine unpacks; the process and random letters follow."""
    return f".unpacking-{platform.node()}-"


def _remove_leftovers(root: Path) -> None:
    """Remove what killed processes of this machine have unpacked in part."""
    for folder in root.glob(f"{_unpacking()}*-*"):
        process = folder.name.removeprefix(_unpacking()).partition("-")[0]
        if process.isdecimal() and not Path("/proc", process).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _extract(path: Path, name: str, folder: str) -> None:
    """Unpack; the sums of all archives but two zip files are known, so that sizes are bounded for these alone."""
    if name.endswith(".zip"):
        with open_zip(path) as zipped:
            zipped.extractall(folder)
    else:
        with tarfile.open(path) as file:
            file.extractall(folder, filter="data")
