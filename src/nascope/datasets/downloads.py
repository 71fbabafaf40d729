"""Official archives of data sets: fetched once, resumed where they broke off, checked, unpacked beside each other."""

from __future__ import annotations

import http.client
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nascope.datasets.archives import ARCHIVES, Archive, md5_of
from nascope.errors import NascopeError

_CHUNK = 1 << 20
_TIMEOUT = 60
_NETWORK_ERRORS = (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException)


def fetch(name: str, spec: Mapping[str, Any]) -> None:
    """Make sure that a data set's files are below its root: what is there stays, what is not is fetched.

    Args:
        name: the config entry's name.
        spec: its ``source``, ``root`` and, where archives are not to come from their homes, ``mirror``: a directory or
            the address of one.

    Raises:
        NascopeError: no network, a file of another size or MD5 sum, no room on the disk, or a source that cannot be
            fetched whose root is not there.
    """
    root = Path(spec["root"]).expanduser()
    if spec["source"] not in ARCHIVES:
        if not root.is_dir():
            raise NascopeError(
                f"data set {name!r}: there is no directory {root}, and {spec['source']} cannot be downloaded: put your "
                f"files there or set datasets.{name}.root in the config"
            )
        return
    for archive in ARCHIVES[spec["source"]]:
        if all((root / held).exists() for held in archive.holds):
            continue
        root.mkdir(parents=True, exist_ok=True)
        try:
            path = _download(archive, _address(archive, spec.get("mirror") or ""), root)
        except NascopeError as error:
            raise NascopeError(
                f"data set {name!r}: there is no {root / archive.holds[0]}, and {error}. Without network, put "
                f"{archive.name} in {root}, or set datasets.{name}.root to where its content is, or datasets.{name}."
                "mirror to a directory of archives"
            ) from None
        _unpack(path, archive, root)


def _address(archive: Archive, mirror: str) -> str:
    if not mirror:
        return archive.url
    base = mirror if "://" in mirror else Path(mirror).expanduser().resolve().as_uri()
    return f"{base.rstrip('/')}/{archive.name}"


def _download(archive: Archive, url: str, root: Path) -> Path:
    """The whole, checked file below ``root``; one that a user put there is only checked."""
    path = root / archive.name
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        _check_room(archive, root, part)
        try:
            _continue(url, part, archive.size)
        except _NETWORK_ERRORS as error:
            kept = part.stat().st_size if part.exists() else 0
            raise NascopeError(f"{url} did not come ({error}; {kept:,} bytes are kept for the next try)") from None
        part.replace(path)
    try:
        _check(path, archive)
    except NascopeError:
        path.unlink()
        raise
    return path


def _continue(url: str, part: Path, size: int) -> None:
    """Fetch what ``part`` lacks."""
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
        raise ConnectionError(f"it broke off after {part.stat().st_size:,} of {size:,} bytes")


def _check_room(archive: Archive, root: Path, part: Path) -> None:
    # The archive, and its content beside it.
    needed = 3 * archive.size - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(root).free
    if free < needed:
        raise NascopeError(f"{root} has {free / 1e9:.1f} GB of room, {archive.name} needs {needed / 1e9:.1f}")


def _check(path: Path, archive: Archive) -> None:
    size = path.stat().st_size
    if archive.size and size != archive.size:
        raise NascopeError(f"{path} had {size:,} bytes, the official file has {archive.size:,} (removed: try again)")
    if not archive.md5:
        return
    found = md5_of(path)
    if found != archive.md5:
        raise NascopeError(f"{path} had MD5 {found}, the official file has {archive.md5} (removed: try again)")


def _unpack(path: Path, archive: Archive, root: Path) -> None:
    """Bring what an archive holds below ``root``, whole or not at all, wherever in the archive it lies."""
    if archive.holds == (archive.name,):
        return
    with tempfile.TemporaryDirectory(dir=root, prefix=".unpacking-") as folder:
        try:
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as file:
                    file.extractall(folder)
            else:
                with tarfile.open(path) as file:
                    file.extractall(folder, filter="data")
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            path.unlink()
            raise NascopeError(f"{path} was not a whole archive ({error}; removed: try again)") from None
        for held in archive.holds:
            found = next(Path(folder).rglob(held), None)
            if found is None:
                raise NascopeError(f"{path}: no {held} in it")
            if not (root / held).exists():
                found.replace(root / held)
    path.unlink()
