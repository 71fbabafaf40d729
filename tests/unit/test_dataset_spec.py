"""How the config describes data sets, and what of it decides results."""

import subprocess
import sys

import pytest
from msgspec import ValidationError

from nascope.config.section import section_of
from nascope.datasets.registry import SOURCES, source_named
from nascope.datasets.shapes import shape_of, side_of, sizes_of
from nascope.datasets.spec import DatasetSpec
from nascope.filestate import state_of


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"source": "cifar1"}, r"unknown source 'cifar1' \(did you mean 'cifar10'\?\); known: digits, cifar10, "),
        ({"source": "parquet"}, "source parquet needs the number of classes"),
        ({"source": "parquet", "classes": 1}, ">= 2"),
        ({"source": "digits", "classes": 10}, "source digits has 10 classes; leave out classes"),
        ({"source": "digits", "sizes": [1, 2]}, "length 3"),
        ({"source": "digits", "split": "thirds"}, "thirds"),
        ({"root": "data"}, "missing required field `source`"),
    ],
)
def test_mistakes_are_named(entry, message):
    with pytest.raises(ValidationError, match=message):
        section_of(DatasetSpec, entry)


def test_official_files_count_by_what_they_are_and_own_files_by_where():
    official = DatasetSpec(source="cifar10", root="here", mirror="there", split="all", sizes=(10, 0, 0))
    assert official.content() == {"source": "cifar10", "split": "all", "sizes": [10, 0, 0]}
    own = DatasetSpec(source="parquet", root="here", mirror="there", classes=3)
    assert own.content() == {"source": "parquet", "root": "here", "classes": 3, "files": state_of("here")}
    assert DatasetSpec(source="digits", root="here").content() == {"source": "digits"}
    assert set(DatasetSpec(source="imagenet", root="here").content()) == {"source", "root", "files"}


def test_data_sets_of_the_same_files_share_their_name():
    first, second = (DatasetSpec(source="cifar10", split=split) for split in ("all", "first_half"))
    assert first.files_name() == second.files_name()
    assert first.files_name().startswith("cifar10-")
    others = [DatasetSpec(source="cifar10", root="there"), DatasetSpec(source="cifar100")]
    others += [DatasetSpec(source="parquet", classes=classes) for classes in (2, 3)]
    assert len({spec.files_name() for spec in (first, *others)}) == 5
    assert DatasetSpec(source="digits").files_name() is None


@pytest.mark.parametrize("name", SOURCES)
def test_shapes_are_known_without_torch(name):
    source, classes = source_named(name), 7 if name == "parquet" else None
    spec = DatasetSpec(source=name, classes=classes)
    assert shape_of(spec) == (source.classes or 7, source.channels)
    assert side_of(spec) == source.side
    assert sum(sizes_of(spec)) == source.train + source.valid + source.test
    if source.statistics:
        assert [len(part) for part in source.statistics] == [source.channels] * 2


def test_nothing_slow_is_imported_for_descriptions():
    code = (
        "import sys; from nascope.datasets import downloads, shapes, spec; from nascope.datasets.registry import *\n"
        "[source_named(name) for name in SOURCES]\n"
        "source_named('digits').read(spec.DatasetSpec(source='digits'))\n"
        "print({'torch', 'torchvision', 'sklearn'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
