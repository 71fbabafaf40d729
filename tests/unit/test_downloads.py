"""Fetching archives from a real server on this machine."""

import hashlib
import http.server
import io
import os
import platform
import subprocess
import tarfile
import threading
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from nascope.datasets import downloads
from nascope.datasets.archives import Archive
from nascope.datasets.downloads import fetch
from nascope.datasets.readers.imagenet16 import TEST, TRAIN
from nascope.datasets.registry import SOURCES, source_named
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError

BYTES = np.random.default_rng(0).bytes(3_000_000)


class Server(http.server.BaseHTTPRequestHandler):
    """Serves ``files``; breaks off after ``limit`` bytes of an answer; notes what was asked."""

    files, limit, asked, ranges = {}, None, [], True

    def do_GET(self):
        content = self.files.get(self.path)
        start = int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
        self.asked.append((self.path, start))
        if content is None:
            self.send_error(404)
            return
        start = start if self.ranges else 0
        if start > len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.limit])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    handler = type("Handler", (Server,), {"files": {}, "asked": [], "limit": None, "ranges": True})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        handler.address = f"http://127.0.0.1:{running.server_address[1]}"
        yield handler
        running.shutdown()


def md5(content):
    return hashlib.md5(content).hexdigest()


def archives_of(monkeypatch, source, archive):
    """Let a source have another archive."""
    monkeypatch.setattr(SOURCES[source].replace(":", "."), replace(source_named(source), archives=(archive,)))


@pytest.fixture
def file_of_bytes(monkeypatch, server):
    """As SVHN: a plain file of known size and sum."""
    archive = Archive("http://home.invalid/a.mat", len(BYTES), md5(BYTES), ("a.mat",))
    archives_of(monkeypatch, "svhn", archive)
    server.files["/a.mat"] = BYTES
    return archive


def spec(server, root, source="svhn"):
    return DatasetSpec(source=source, root=str(root), mirror=getattr(server, "address", server))


def test_a_file_comes_once(server, file_of_bytes, tmp_path):
    for _ in range(2):
        fetch("s", spec(server, tmp_path))
    assert (tmp_path / "a.mat").read_bytes() == BYTES
    assert server.asked == [("/a.mat", 0)]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mat"]


def test_a_broken_download_goes_on_where_it_stopped(server, file_of_bytes, tmp_path):
    server.limit = 2_000_000
    with pytest.raises(NascopeError, match=r"could not be downloaded.*2,000,000 bytes are kept"):
        fetch("s", spec(server, tmp_path))
    assert not (tmp_path / "a.mat").exists()
    fetch("s", spec(server, tmp_path))
    assert server.asked == [("/a.mat", 0), ("/a.mat", 2_000_000)]
    assert (tmp_path / "a.mat").read_bytes() == BYTES


def test_a_server_without_ranges_starts_again(server, file_of_bytes, tmp_path):
    (tmp_path / "a.mat.part").write_bytes(BYTES[:1000])
    server.ranges = False
    fetch("s", spec(server, tmp_path))
    assert (tmp_path / "a.mat").read_bytes() == BYTES


def test_a_longer_beginning_than_the_file_is_thrown_away(server, file_of_bytes, tmp_path):
    (tmp_path / "a.mat.part").write_bytes(BYTES + b"more")
    fetch("s", spec(server, tmp_path))
    assert (tmp_path / "a.mat").read_bytes() == BYTES
    assert server.asked == [("/a.mat", 0)]


def test_a_download_of_unknown_size_that_breaks_off_goes_on(server, monkeypatch, tmp_path):
    archives_of(monkeypatch, "svhn", Archive("http://home.invalid/a.mat", 0, "", ("a.mat",)))
    server.files["/a.mat"], server.limit = BYTES, 1_500_000
    with pytest.raises(NascopeError, match=r"broke off after 1,500,000 of 3,000,000 bytes; 1,500,000 bytes are kept"):
        fetch("s", spec(server, tmp_path))
    server.files["/a.mat"] = BYTES[:9]  # what is kept is no beginning of that
    with pytest.raises(NascopeError, match=r"Error 416.*; 0 bytes are kept"):
        fetch("s", spec(server, tmp_path))
    server.limit = None
    fetch("s", spec(server, tmp_path))
    assert (tmp_path / "a.mat").read_bytes() == BYTES[:9]


@pytest.mark.parametrize("mirror", ["http://[::1", "gopher://x", "http://", "http://x:port", "file:///nowhere", "://"])
def test_an_address_that_is_none_is_one_message(file_of_bytes, tmp_path, mirror):
    with pytest.raises(NascopeError, match=r"data set 's'.*could not be downloaded.*datasets\.s\.mirror"):
        fetch("s", spec(mirror, tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "message"), [(BYTES + b"x", "3,000,001 bytes"), (BYTES[:-1] + b"\0", "had MD5")])
def test_another_file_is_refused_and_removed(server, file_of_bytes, tmp_path, content, message):
    server.files["/a.mat"] = content
    with pytest.raises(NascopeError, match=f"{message}.*it was removed, try again"):
        fetch("s", spec(server, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_offline_is_one_message_with_all_remedies(file_of_bytes, tmp_path):
    with pytest.raises(NascopeError) as caught:
        fetch("mine", spec("http://127.0.0.1:9", tmp_path / "new"))
    for part in (
        "data set 'mine'",
        f"no {tmp_path}/new/a.mat",
        "http://127.0.0.1:9/a.mat could not be downloaded",
        f"put a.mat in {tmp_path}/new",
        "datasets.mine.root",
        "datasets.mine.mirror",
    ):
        assert part in str(caught.value)


def test_a_directory_can_be_the_mirror(file_of_bytes, tmp_path):
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "a.mat").write_bytes(BYTES)
    fetch("s", spec(str(tmp_path / "archives"), tmp_path / "root"))
    assert (tmp_path / "root" / "a.mat").read_bytes() == BYTES


def test_a_full_disk_is_noticed_before(file_of_bytes, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(NascopeError, match=r"0\.0 GB of free space, a\.mat needs 0\.0"):
        fetch("s", spec("http://127.0.0.1:9", tmp_path))


def tar_of(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def official(monkeypatch, server, source, content):
    """The source's first archive, with another content."""
    archive = replace(source_named(source).archives[0], size=len(content), md5=md5(content))
    archives_of(monkeypatch, source, archive)
    server.files[f"/{archive.name}"] = content


def test_cifar_is_unpacked(server, monkeypatch, tmp_path):
    official(monkeypatch, server, "cifar10", tar_of({"cifar-10-batches-py/data_batch_1": b"images"}))
    fetch("c", spec(server, tmp_path, "cifar10"))
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "cifar-10-batches-py",
        "cifar-10-batches-py/data_batch_1",
    ]


def test_what_a_killed_process_of_this_machine_unpacked_goes(server, monkeypatch, tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    here = platform.node()
    stay = {f".unpacking-{here}-{os.getpid()}-a", f".unpacking-elsewhere-{gone.pid}-b", ".unpacking-mine"}
    for name in [*stay, f".unpacking-{here}-{gone.pid}-c"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "part").touch()
    official(monkeypatch, server, "cifar10", tar_of({"cifar-10-batches-py/data_batch_1": b"images"}))
    fetch("c", spec(server, tmp_path, "cifar10"))
    assert {path.name for path in tmp_path.iterdir()} == {*stay, "cifar-10-batches-py"}


def test_imagenet16_is_unpacked_from_two_archives_of_any_folder(server, tmp_path):
    server.files["/Imagenet16_train.zip"] = zip_of({f"some/folder/{name}": name for name in TRAIN})
    server.files["/Imagenet16_val.zip"] = zip_of({name: name for name in TEST})
    fetch("i", spec(server, tmp_path, "imagenet16"))
    assert {path.name for path in tmp_path.iterdir()} == {*TRAIN, *TEST}


def test_members_cannot_leave_the_folder(server, monkeypatch, tmp_path):
    official(monkeypatch, server, "cifar100", tar_of({"../outside": b"bad", "cifar-100-python/train": b"images"}))
    with pytest.raises(NascopeError, match="outside"):
        fetch("c", spec(server, tmp_path / "root", "cifar100"))
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: whole[:-1] + b"?"])
def test_the_users_own_archive_is_never_deleted(server, monkeypatch, tmp_path, damage):
    whole = tar_of({"cifar-10-batches-py/data_batch_1": b"images"})
    official(monkeypatch, server, "cifar10", whole)
    mine = tmp_path / source_named("cifar10").archives[0].name
    mine.write_bytes(damage(whole))
    with pytest.raises(NascopeError, match=r"the official file has .*; replace it, or move it away"):
        fetch("c", spec(server, tmp_path, "cifar10"))
    assert mine.read_bytes() == damage(whole)
    mine.write_bytes(whole)
    fetch("c", spec(server, tmp_path, "cifar10"))
    assert mine.read_bytes() == whole
    assert (tmp_path / "cifar-10-batches-py" / "data_batch_1").read_bytes() == b"images"
    assert server.asked == []


@pytest.mark.parametrize("users", [True, False])
def test_a_broken_archive_of_unknown_size_is_named(server, tmp_path, users):
    """ImageNet16's archives: no official size or sum is known, so unpacking is the first to notice."""
    broken = zip_of({name: name * 100 for name in TRAIN})[:-30]
    name = "Imagenet16_train.zip"
    server.files[f"/{name}"] = broken
    if users:
        (tmp_path / name).write_bytes(broken)
    remedy = "replace it, or move it away" if users else "it was removed, try again"
    with pytest.raises(NascopeError, match=rf"{name}.*: not a whole, unencrypted archive .*; {remedy}"):
        fetch("i", spec(server, tmp_path, "imagenet16"))
    assert [path.name for path in tmp_path.iterdir()] == ([name] if users else [])


def test_a_download_that_was_not_unpacked_is_not_downloaded_again(server, monkeypatch, tmp_path):
    official(monkeypatch, server, "tiny_imagenet", zip_of({"tiny-imagenet-200/words.txt": b""}))
    name = source_named("tiny_imagenet").archives[0].name
    (tmp_path / f"{name}.downloaded").write_bytes(server.files[f"/{name}"])
    fetch("t", spec(server, tmp_path, "tiny_imagenet"))
    assert server.asked == []
    assert [path.name for path in tmp_path.iterdir()] == ["tiny-imagenet-200"]


def test_an_archive_without_what_it_should_hold_is_named(server, monkeypatch, tmp_path):
    official(monkeypatch, server, "tiny_imagenet", zip_of({"other": b""}))
    with pytest.raises(NascopeError, match=r"tiny-imagenet-200\.zip.*: no tiny-imagenet-200 in it"):
        fetch("t", spec(server, tmp_path, "tiny_imagenet"))


@pytest.mark.parametrize("source", ["imagenet", "parquet"])
def test_what_cannot_be_fetched_must_be_there(tmp_path, source):
    classes = 3 if source == "parquet" else None
    fetch("i", DatasetSpec(source=source, root=str(tmp_path), classes=classes))
    with pytest.raises(NascopeError, match=f"no directory .*gone, and {source} cannot be downloaded"):
        fetch("i", DatasetSpec(source=source, root=str(tmp_path / "gone"), classes=classes))


def test_embedded_images_need_no_directory(tmp_path):
    fetch("d", DatasetSpec(source="digits", root=str(tmp_path / "gone")))
    assert not (tmp_path / "gone").exists()
