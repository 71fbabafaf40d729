"""Archives of other people's: right files or one message, nothing outside the root, nothing half-written in it."""

import errno
import io
import random
import tarfile
import zipfile

import pytest

from nascope.datasets.archives import Archive
from nascope.datasets.downloads import fetch
from nascope.datasets.readers.imagenet16 import TEST, TRAIN
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.packed import DamagedArchiveError, unpacking
from tests.helpers import fuzz
from tests.unit.test_damage import damages
from tests.unit.test_downloads import archives_of, md5, zip_of

CONTENT = {name: f"images of {name} " * 20 for name in TRAIN}


def unpack(folder, content):
    """Fetch ImageNet16, of whose archives neither sizes nor sums are known, from a directory."""
    mirror, root = folder / "mirror", folder / "root"
    mirror.mkdir(exist_ok=True)
    (mirror / "Imagenet16_train.zip").write_bytes(content)
    (mirror / "Imagenet16_val.zip").write_bytes(zip_of({name: name for name in TEST}))
    fetch("i", DatasetSpec(source="imagenet16", root=str(root), mirror=str(mirror)))


def compressed(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **options)
    return buffer.getvalue()


def encrypted(content):
    """The flags say so, in each header."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := changed.find(mark, place + 1)) >= 0:
            changed[place + offset] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "File is not a zip file"),
        (b"<!DOCTYPE html><html>Sign in</html>", "File is not a zip file"),
        (compressed(CONTENT)[:-40], "not a zip file"),
        (b"PK" + compressed(CONTENT)[400:], "not a whole, unencrypted archive"),
        (encrypted(compressed(CONTENT)), "encrypted"),
        (compressed({**CONTENT, "zeros": bytes(1 << 25)}), "it announces .* bytes, far more than such files hold"),
        (compressed({"read me": ""}), "no train_data_batch_1 in it"),
        (compressed({name: name for name in list(TRAIN)[:-1]}), "no train_data_batch_10 in it"),
    ],
    ids=["empty", "page", "cut", "beheaded", "encrypted", "bomb", "other", "partial"],
)
def test_a_download_that_is_no_such_archive_is_one_message_and_goes(tmp_path, content, message):
    with pytest.raises(DamagedArchiveError, match=rf"Imagenet16_train\.zip.*{message}.*; it was removed, try again"):
        unpack(tmp_path, content)
    assert list((tmp_path / "root").iterdir()) == []


def test_members_of_zip_files_stay_below_the_root(tmp_path):
    unpack(tmp_path, compressed({f"../../{name}": text for name, text in CONTENT.items()}))
    unpack(tmp_path, compressed({f"{tmp_path}/outside/{name}": text for name, text in CONTENT.items()}))
    assert {path.name for path in tmp_path.iterdir()} == {"mirror", "root"}
    assert (tmp_path / "root" / "train_data_batch_3").read_text() == CONTENT["train_data_batch_3"]


def test_damaged_zip_files_are_read_rightly_or_refused(tmp_path):
    """Zip files have a sum of each member; 500 damages with ``NASCOPE_FUZZ=long``."""
    root, refused, count = tmp_path / "root", 0, fuzz(100, 500)
    for content in damages(compressed(CONTENT), count, random.Random(0)):
        try:
            unpack(tmp_path, content)
        except NascopeError as error:
            assert "Imagenet16_train.zip" in str(error)  # noqa: PT017 - some damages are to nothing that counts
            refused += 1
            assert list(root.iterdir()) == []
        else:
            assert {name: (root / name).read_text() for name in TRAIN} == CONTENT
        for path in root.iterdir():
            path.unlink()
    assert refused > count // 2


def tar_of(*members, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, kind, target in (("cifar-10-batches-py/test_batch", tarfile.REGTYPE, ""), *members):
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, target, 6 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"images") if member.size else None)
    return buffer.getvalue()


GZ = tar_of()


@pytest.mark.parametrize(
    "content",
    [
        tar_of(("../outside", tarfile.REGTYPE, "")),
        tar_of(("link", tarfile.SYMTYPE, "/etc")),
        tar_of(("link", tarfile.SYMTYPE, "../../../outside")),
        tar_of(("link", tarfile.LNKTYPE, "../../mirror")),
        tar_of(("device", tarfile.CHRTYPE, "")),
        tar_of(("cifar-10-batches-py/test_batch/below", tarfile.REGTYPE, "")),
        GZ[:60],
        b"<html>",
        b"",
    ],
    ids=["outside", "absolute link", "link", "hard link", "device", "below a file", "cut", "page", "empty"],
)
def test_odd_tar_files_are_one_message(monkeypatch, tmp_path, content):
    archive = Archive(
        "http://home.invalid/cifar-10-python.tar.gz", len(content), md5(content), ("cifar-10-batches-py",)
    )
    archives_of(monkeypatch, "cifar10", archive)
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / archive.name).write_bytes(content)
    spec = DatasetSpec(source="cifar10", root=str(tmp_path / "root"), mirror=str(tmp_path / "mirror"))
    with pytest.raises(DamagedArchiveError, match=r"cifar-10-python\.tar\.gz.*; it was removed, try again"):
        fetch("c", spec)
    assert list((tmp_path / "root").iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"mirror", "root"}


def test_absolute_names_are_taken_below_the_root(monkeypatch, tmp_path):
    content = tar_of((f"{tmp_path}/outside", tarfile.REGTYPE, ""))
    archives_of(monkeypatch, "cifar10", Archive("http://x/c.tar.gz", 0, "", ("cifar-10-batches-py",)))
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "c.tar.gz").write_bytes(content)
    fetch("c", DatasetSpec(source="cifar10", root=str(tmp_path / "root")))
    assert {path.name for path in (tmp_path / "root").iterdir()} == {"c.tar.gz", "cifar-10-batches-py"}
    assert not (tmp_path / "outside").exists()


def test_a_full_disk_is_not_the_archives_fault(tmp_path):
    with pytest.raises(OSError, match="full"), unpacking(tmp_path / "x", "replace it"):
        raise OSError(errno.ENOSPC, "full")


def test_a_root_that_cannot_be_one_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NascopeError, match=r"data set 'i': .*file.*put that right or set datasets\.i\.root"):
            fetch("i", DatasetSpec(source="imagenet16", root=str(root)))
    archive = tmp_path / "Imagenet16_train.zip"
    archive.mkdir()
    with pytest.raises(NascopeError, match=r"Imagenet16_train\.zip.*"):
        fetch("i", DatasetSpec(source="imagenet16", root=str(tmp_path)))
    assert archive.is_dir()
