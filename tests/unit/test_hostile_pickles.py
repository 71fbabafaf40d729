"""Pickles made to harm: no crash, no code, bounded memory and time, and one message each.

``NASCOPE_FUZZ=long pytest tests/unit/test_hostile_pickles.py`` tries ten times as many.
"""

import bz2
import os
import pickle
import random
import struct
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch

from nascope.errors import NascopeError
from nascope.oracles.official import read_official
from nascope.oracles.records import cell_benchmark, cell_histories
from nascope.oracles.safe_pickle import load_plain
from nascope.pickled_arrays import NUMPY
from nascope.plain_pickle import BoundedStream, PlainUnpickler
from tests.helpers import ROOT, fuzz
from tests.unit.test_damage import damages

DTYPE = b"cnumpy\ndtype\n"
KINDS = ["?", "i1", "u2", "<i4", ">i8", "f2", "<f4", ">f8", "S5", "U3"]


def read(path, content):
    path.write_bytes(content)
    read_official(path, lambda *cell: None)


def load(tmp_path, value, protocol):
    (tmp_path / "x").write_bytes(pickle.dumps(value, protocol=protocol))
    size = (tmp_path / "x").stat().st_size
    with (tmp_path / "x").open("rb") as file:
        return PlainUnpickler(BoundedStream(file, size, size), NUMPY).load()


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_plain_arrays_and_numbers_are_what_numpy_gives(tmp_path, kind, protocol):
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(kind)
    for array in (values, np.asfortranarray(values)):
        found = np.asarray(load(tmp_path, array, protocol))
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)
    assert load(tmp_path, values[0, 1], protocol) == values[0, 1].item()


@pytest.mark.parametrize(
    "values",
    [
        np.array([object()], dtype=object),
        np.zeros(2, dtype=[("a", "f8"), ("b", "O")]),
        np.zeros(2, dtype="V8"),
        np.zeros(2, dtype="M8[s]"),
        np.zeros(2, dtype="c16"),
    ],
    ids=["object", "record", "void", "datetime", "complex"],
)
def test_other_types_are_refused(tmp_path, values):
    with pytest.raises(pickle.UnpicklingError, match=r"another type than plain|it wants to load"):
        load(tmp_path, values, 4)


def unicode(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def typed(code="f8", state=b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"):
    return DTYPE + unicode(code) + b"\x89\x88\x87R" + state + b"b"


def scalar(kind, raw):
    return b"cnumpy.core.multiarray\nscalar\n" + kind + b"C" + bytes([len(raw)]) + raw + b"\x86R"


def array(shape, kind, raw):
    made = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"
    return made + b"(K\x01" + shape + kind + b"\x89" + b"C" + bytes([len(raw)]) + raw + b"tb"


HUGE = b"\x8a\x08" + struct.pack("<q", 1 << 60)
# Fields outside the item, as crafted files have them: names, {name: (type, offset)}, size, alignment, cleared flags.
FIELDS = b"(K\x03U\x01|NU\x01a\x85}U\x01a" + typed("f8") + b"J\x00\x00\x00\x7f\x86sK\x08K\x01K\x00t"
CRAFTED = {
    "object": scalar(typed("O8"), b"12345678"),
    "object fields": scalar(typed("V8", FIELDS), b"12345678"),
    "foreign size": scalar(typed("S4", b"(K\x03U\x01|NNNJ\xff\xff\xff\x7fK\x01K\x00t"), b"12"),
    "short bytes": scalar(typed("f8"), b"1"),
    "foreign state": b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R}b",
    "not an array": b"cnumpy.core.multiarray\n_reconstruct\ncbuiltins\nint\nK\x00\x85C\x01b\x87R(K\x01NNNNtb",
    "huge shape": array(HUGE + b"\x85", typed("f8"), b"12345678"),
    "negative shape": array(b"J\xff\xff\xff\xff\x85", typed("f8"), b"12345678"),
    "array called": b"cnumpy\nndarray\n" + HUGE + b"\x85R",
    "changed function": b"c_codecs\nencode\n}U\x0c__defaults__Nsb",
    "changed slots": b"c_codecs\nencode\nN}U\x05_makeNs\x86b",
    "long text": b"\x8d" + struct.pack("<Q", 1 << 60),
    "long bytes": b"\x8e" + struct.pack("<Q", 1 << 33),
    "long buffer": b"\x96" + struct.pack("<Q", 1 << 33),
    "long frame": b"\x95" + struct.pack("<Q", 1 << 40),
    "long number": b"\x8b" + struct.pack("<i", (1 << 31) - 1),
    "long line": b"V" + b"a" * (1 << 21),
    "far memo": b"]r" + struct.pack("<I", (1 << 32) - 1),
    "deep tuple": b"}" + b")" + b"\x85" * 200_000 + b"Ns",
    "branching tuple": b"})" + b"2\x86" * 100 + b"Ns",
    "deep list": b"]" * 200_000 + b"a" * 199_999,
    "cyclic": b"}q\x00U\x01ah\x00s",
    "object made": b"cbuiltins\nint\n)\x81",
}
MESSAGE = r"x\.pth: (refused, not a file|the file is truncated|there are no records)"


@pytest.mark.parametrize("crafted", CRAFTED.values(), ids=CRAFTED)
def test_crafted_files_are_refused(tmp_path, crafted):
    path = tmp_path / "x.pth"
    with pytest.raises(NascopeError, match=MESSAGE) as caught:
        read(path, b"\x80\x04" + crafted + b".")
    assert len(str(caught.value)) < 400 + len(str(path))
    if "cyclic" not in crafted.decode("latin1"):
        (tmp_path / "plain").write_bytes(b"\x80\x04" + crafted + b".")
        try:
            load_plain(tmp_path / "plain")
        except NascopeError as error:
            assert "plain: refused" in str(error)  # noqa: PT017 - plain containers are all right here


def run_of(**changes):
    run = {"train_acc1es": {0: 10.0}, "train_losses": {0: 2.3}, "eval_acc1es": {"x-valid@0": 9.0}, "eval_losses": {}}
    return {**run, "epochs": 1, "seed": 777, "params": 0.1, **changes}


def cell_of(**changes):
    name = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    return {"arch_index": 0, "arch_str": name, "all_results": {("cifar10", 777): run_of()}, **changes}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (cell_of(all_results={("c", 0): run_of(epochs=10**9)}), "number of epochs that is not between 1 and 10000"),
        (cell_of(all_results={("c", 0): run_of(epochs="200")}), "number of epochs"),
        (cell_of(all_results={("c", 0): run_of(train_acc1es={0: "93.1"})}), "a record is a str, not a number"),
        (cell_of(all_results={("c", 0): run_of(train_acc1es={0: 1e9})}), "an accuracy of 1e"),
        (cell_of(all_results={("c", 0): run_of(eval_acc1es={"x-valid@0": -1.0})}), "an accuracy of -1%"),
        (cell_of(all_results={("c", 0): run_of(train_acc1es={0: float("inf")})}), "an accuracy of inf%"),
        (cell_of(all_results={("c", 0): run_of(eval_acc1es={f"{i}@0": 1.0 for i in range(99)})}), "more than 8 image"),
        (cell_of(all_results={("c", 0): run_of(params=10**400)}), "OverflowError"),
        (cell_of(arch_str=[[]]), "without number, string or runs"),
        (cell_of(all_results=7), "without number, string or runs"),
    ],
)
def test_impossible_records_are_refused(tmp_path, cell, message):
    with pytest.raises(NascopeError, match=rf"x\.pth: refused.*{message}"):
        read(tmp_path / "x.pth", pickle.dumps(cell))


def test_a_bzip2_bomb_is_refused(tmp_path):
    path = tmp_path / "NATS-tss-x.pickle.pbz2"
    path.write_bytes(bz2.compress(b"\x80\x04]" + b"N0" * (1 << 24) + b"."))
    with pytest.raises(NascopeError, match="unpacks to far more"):
        read_official(path, lambda *cell: None)


def bzipped(path, cell):
    """As NATS-Bench packs its single file."""
    path.with_name("x.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps({"arch2infos": {0: cell}}, protocol=4)))
    return path.with_name("x.pickle.pbz2")


def directory(path, cell):
    """As NATS-Bench packs its directories."""
    path.with_name("nats").mkdir()
    (path.with_name("nats") / "001651.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps({"12": cell}, protocol=4)))
    return path.with_name("nats") / "001651.pickle.pbz2"


def zipped(path, cell):
    """As PyTorch saves now."""
    torch.save({"arch2infos": {0: {"full": cell}}}, path)
    return path


def old(path, cell):
    """As NAS-Bench-201's files are saved."""
    torch.save({"arch2infos": {0: {"full": cell}}}, path, _use_new_zipfile_serialization=False)
    return path


@pytest.mark.parametrize("pack", [bzipped, directory, zipped, old])
def test_damaged_official_files_are_read_rightly_or_refused(tmp_path, pack):
    """bzip2 and zip files have sums; PyTorch's old format has none, so that other numbers may come of it."""
    curves = {epoch: 10.0 + epoch / 7 for epoch in range(40)}
    runs = {("cifar10", 777): run_of(train_acc1es=curves, train_losses=curves, epochs=40)}
    file = pack(tmp_path / "x.pth", cell_of(arch_index=1651, all_results=runs))
    path = file.parent if pack is directory else file

    def cells():
        found = []
        read_official(path, lambda *cell: found.append((cell_histories(cell[0], cell[2]), cell_benchmark(*cell))))
        return pd.concat(table.astype(object).fillna(-1) for pair in found for table in pair)

    whole, expected, refused, count = file.read_bytes(), cells(), 0, fuzz(100, 500)
    for content in damages(whole, count, random.Random(0)):
        file.write_bytes(content)
        try:
            found = cells()
        except NascopeError as error:
            message = str(error)
            assert str(path) in message
            assert message.isprintable()
            refused += 1
        else:
            assert pack is old or found.equals(expected)
    assert refused > (0 if pack is old else count // 4)


FUZZ = """
import pickle, pickletools, random, resource, struct, sys, time
from pathlib import Path
from nascope.errors import NascopeError
from nascope.oracles.official import read_official
from nascope.oracles.records import cell_benchmark, cell_histories
from tests.unit.test_hostile_pickles import CRAFTED, cell_of

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

chance, path, count = random.Random(int(sys.argv[2])), Path(sys.argv[1]), int(sys.argv[3])
opcodes = [code.code.encode("latin1") for code in pickletools.opcodes]
names = [f"{module}\\n{name}\\n".encode() for module, name in [
    ("numpy", "dtype"), ("numpy", "ndarray"), ("numpy.core.multiarray", "scalar"), ("collections", "OrderedDict"),
    ("numpy._core.multiarray", "_reconstruct"), ("_codecs", "encode"), ("builtins", "set"), ("builtins", "int"),
    ("collections", "defaultdict"), ("torch._utils", "_rebuild_tensor_v2"), ("torch", "FloatStorage")]]
parts = [b"U\\x02f8", b"U\\x02O8", b"C\\x0812345678", b"(K\\x03U\\x01<NNNK\\xffK\\xffK\\x00t", b"K\\x00\\x85"]
valid = [pickle.dumps(cell_of(), protocol=protocol) for protocol in (0, 2, 4)]
sizes = [0, 1, 2, 5, 255, 1 << 16, (1 << 31) - 1, (1 << 32) - 1]

def piece():
    kind = chance.random()
    if kind < 0.25:
        return b"c" + chance.choice(names)
    if kind < 0.4:
        return chance.choice(parts)
    if kind < 0.5:
        return chance.choice(list(CRAFTED.values()))[:500]
    return chance.choice(opcodes) + struct.pack("<Q", chance.choice(sizes))[: chance.choice([0, 0, 0, 1, 2, 4, 8])]

def mutated():
    content = bytearray(chance.choice(valid))
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(2, len(content))
        content[place : place + chance.choice([0, 1, 1, 4])] = piece()
    return bytes(content)

def keep(index, text, runs):
    cell_histories(index, runs), cell_benchmark(index, text, runs)

read_before = peak()
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
slowest, answers = 0.0, {"read": 0, "refused": 0}
for number in range(count):
    built = b"\\x80\\x04" + b"".join(piece() for _ in range(chance.randint(1, 30))) + b"."
    path.write_bytes(built if number % 2 else mutated())
    start = time.monotonic()
    try:
        read_official(path, keep)
        answers["read"] += 1
    except NascopeError as error:
        assert len(str(error)) < 600, str(error)
        answers["refused"] += 1
    slowest = max(slowest, time.monotonic() - start)
print(answers["read"], answers["refused"], peak() - read_before, slowest)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak of memory from /proc")
def test_fuzzed_pickles_are_read_or_refused(tmp_path):
    """Opcode by opcode, in a process of its own that may crash; 20,000 take about a minute."""
    count = fuzz(2_000, 20_000)
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(tmp_path / "x.pth"), os.environ.get("NASCOPE_FUZZ_SEED", "0"), str(count)],
        capture_output=True,
        text=True,
        timeout=60 + count / 50,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    read, refused, megabytes, slowest = done.stdout.split()
    assert int(read) + int(refused) == count
    assert int(refused) > count / 2
    assert int(megabytes) < 100
    assert float(slowest) < 5
