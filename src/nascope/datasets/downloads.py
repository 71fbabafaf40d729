"""Official archives of data sets: downloaded once, resumed where they broke off, checked and unpacked."""

from __future__ import annotations

import http.client
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from nascope.datasets.archives import Archive, md5_of
from nascope.datasets.registry import source_named
from nascope.errors import NascopeError

if TYPE_CHECKING:
    from nascope.datasets.spec import DatasetSpec

_CHUNK = 1 << 20
_TIMEOUT = 60
_NETWORK_ERRORS = (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException)
#: What damaged, encrypted or otherwise unreadable archives raise.
_UNPACKING_ERRORS = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, NotImplementedError, RuntimeError)


def fetch(name: str, spec: DatasetSpec) -> None:
    """Make sure that a data set's files are below its root: what is missing is downloaded, what is there stays.

    Args:
        name: as the config calls it.
        spec: its source, root and mirror.

    Raises:
        NascopeError: no network, a file of another size or MD5 sum, too little space on the disk, or a source that
            cannot be downloaded and whose root is not there.
    """
    source = source_named(spec.source)
    if not source.archives and not source.embedded and not spec.folder.is_dir():
        raise NascopeError(
            f"data set {name!r}: there is no directory {spec.folder}, and {spec.source} cannot be downloaded: put your "
            f"files there or set datasets.{name}.root in the config"
        )
    for archive in source.archives:
        if not all((spec.folder / held).exists() for held in archive.holds):
            _fetch_archive(name, spec, archive)


def _fetch_archive(name: str, spec: DatasetSpec, archive: Archive) -> None:
    root = spec.folder
    root.mkdir(parents=True, exist_ok=True)
    users = root / archive.name
    if users.exists():  # The user has put it there; whatever is wrong with it, it stays.
        _check(users, archive, f"replace it, or move it away and {archive.name} is downloaded")
        _unpack(users, archive, root, "replace it")
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
    except _DamagedArchiveError:
        downloaded.unlink()
        raise
    downloaded.unlink()


def _address(archive: Archive, mirror: str) -> str:
    if not mirror:
        return archive.url
    base = mirror if "://" in mirror else Path(mirror).expanduser().resolve().as_uri()
    return f"{base.rstrip('/')}/{archive.name}"


def _download(archive: Archive, url: str, target: Path) -> None:
    """Download an archive to ``target``, where an earlier attempt may have left it, and check it."""
    if not target.exists():
        part = target.with_name(f"{archive.name}.part")
        _check_room(archive, target.parent, part)
        try:
            _continue(url, part, archive.size)
        except _NETWORK_ERRORS as error:
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
    """Download what ``part`` lacks."""
    have = part.stat().st_size if part.exists() else 0
    if size and have == size:
        return
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        resumed = have > 0 and getattr(answer, "status", None) == http.HTTPStatus.PARTIAL_CONTENT
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


class _DamagedArchiveError(NascopeError):
    """An archive that cannot be unpacked."""


def _unpack(path: Path, archive: Archive, root: Path, remedy: str) -> None:
    """Move what an archive holds below ``root``, all or nothing, wherever in the archive it lies."""
    with tempfile.TemporaryDirectory(dir=root, prefix=".unpacking-") as folder:
        try:
            _extract(path, archive.name, folder)
        except _UNPACKING_ERRORS as error:
            raise _DamagedArchiveError(f"{path} was not a whole archive ({error}); {remedy}") from None
        for held in archive.holds:
            found = next(Path(folder).rglob(held), None)
            if found is None:
                raise NascopeError(f"{path}: no {held} in it")
            if not (root / held).exists():
                found.replace(root / held)


def _extract(path: Path, name: str, folder: str) -> None:
    if name.endswith(".zip"):
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(folder)
    else:
        with tarfile.open(path) as file:
            file.extractall(folder, filter="data")
