"""The user's own cells: spreadsheets as people save them, and what is refused."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nascope.errors import NascopeError
from nascope.oracles.users_curves import read_curves
from nascope.oracles.users_files import read_users_file
from nascope.papers.declare import STUDIES
from nascope.papers.registry import declared
from nascope.spaces.parse import format_genotype, parse_genotype
from nascope.spaces.published import published_cell
from nascope.studies.listed import listed
from nascope.workflow.check import options_of
from nascope.workflow.read import read_config
from tests.helpers import ROOT, fuzz

DARTS = published_cell("DARTS_V2").genotype
SMALL = "|skip_connect~0|"
TALL = str(DARTS).replace("], ", "],\n")  # on four lines
GOOD = f'name,genotype,group\nmüll,"{DARTS}",a\nsmall,{SMALL},b\n'


def read(folder: Path, content: str | bytes, name: str = "mine.csv") -> list[tuple[str, str, str]]:
    """Name, genotype and group of each cell that a file lists."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = listed("s", path=str(path), seeds=(0,))
    return list(table[["name", "genotype", "group"]].itertuples(index=False, name=None))


EXPECTED = [("müll", str(DARTS), "a"), ("small", SMALL, "b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_spreadsheets(tmp_path, encoding, end, separator):
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(csv.reader(io.StringIO(GOOD)))
    assert read(tmp_path, file.getvalue().encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(GOOD.encode()), "mine.csv.gz"),
        (gzip.compress(GOOD.encode()), "MINE.CSV.GZ"),
        (GOOD, "MINE.CSV"),
        ("sep=;\n" + GOOD.replace(f'"{DARTS}"', "DARTS_V2").replace(",", ";"), "mine.csv"),
        (GOOD.replace("name,genotype,group", " Name , GENOTYPE,Group "), "mine.csv"),
        (GOOD.replace("group\n", "group,,\n").replace("b\n", "b,,\n\n,,,,\n"), "mine.csv"),
        (GOOD.replace(f'"{DARTS}"', "DARTS_V2"), "mine.csv"),
        (GOOD.replace(", ", ",\n  "), "mine.csv"),
    ],
)
def test_habits_of_spreadsheets(tmp_path, content, name):
    assert read(tmp_path, content, name) == EXPECTED


def test_every_notation_stands_in_a_cell_of_a_spreadsheet(tmp_path):
    file = io.StringIO()
    notations = ("darts", "by_node", "json", "naslib", "nni")
    csv.writer(file).writerows([["name", "genotype"], *([n, format_genotype(DARTS, n)] for n in notations)])
    assert [genotype for _, genotype, _ in read(tmp_path, file.getvalue())] == [str(DARTS)] * len(notations)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,genotype\n", r"mine\.csv: no genotypes below the first row"),
        ("", "the first row must name the columns name and genotype"),
        ("name,cell\nx,y\n", "the first row must name the columns name and genotype"),
        ("name,genotype,name\n", "must name each column once; not so name"),
        ("name,,genotype\n", r"must name each column once; not so \(no name\)"),
        (f"name,genotype\n,{SMALL}\n", r"mine\.csv, line 2: '' is no name"),
        (f'name,genotype\n"a\nb",{SMALL}\n', "line 2: .* is no name"),
        (f"name,genotype\na,{SMALL}\n\na,{SMALL}\n", r"mine\.csv, lines 2 and 4: the name 'a' is used twice"),
        (f"name,genotype\na,{SMALL}\na,|none~0|\n", "lines 2 and 3: the name 'a' is used for two different genotypes"),
        (f"name,genotype\na,{DARTS}\n", r"mine\.csv, line 2: .*quote a text"),
        ("name,genotype,group\na,Genotype(normal=[('none', 0)\n", r"line 2: .*quote it"),
        (f'name,genotype\na,"{TALL}"\nb,|none~3|\n', r"mine\.csv, line 6: .*term 1"),
        (f'name,genotype\na,{SMALL}\nb,"{SMALL}\n', r"mine\.csv, line 3: .*is a quotation mark missing"),
        (b"PK\x03\x04rest", "a spreadsheet's own format, not text; save it as CSV"),
        (b"PAR1rest", "is Parquet, not text"),
        (gzip.compress(GOOD.encode())[:-9], "damaged gzip"),
        (b"name,genotype\0\0\xff", r"mine\.csv: is neither UTF-8 nor UTF-16 text"),
    ],
)  # fmt: skip
def test_refusals_name_file_and_line(tmp_path, content, message):
    with pytest.raises(NascopeError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)


BYTES = st.binary(max_size=80)
MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 9), BYTES | st.sampled_from([b",", b'"', b";"]))
)


@given(MUTATIONS, st.sampled_from(["utf-8", "utf-16", "latin-1"]))
@settings(max_examples=fuzz(300, 5_000), deadline=None)
def test_any_file_is_a_table_or_one_clear_message(mutations, encoding):
    content = GOOD.encode(encoding)
    for start, length, piece in mutations[:4]:
        content = content[:start] + piece + content[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_bytes(content)
        try:
            table = listed("s", path=str(path), seeds=(0,))
        except NascopeError as error:
            assert "mine.csv" in str(error)  # noqa: PT017 - success is as good
            return
        assert len(table)
        assert table["name"].is_unique


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ([0, 1, 0], r"studies\.s\.options\.seeds: 0 is given more than once"),
        ([-1], r"studies\.s\.options\.seeds: .*>= 0"),
        ([1.5], "got `float`"),
        ([], "length >= 1"),
        (3, "got `int`"),
    ],
)
def test_seeds_of_studies_are_distinct_natural_numbers(seeds, message):
    declared()
    for kind, options in (("listed", {"path": "x"}), ("whole_space", {"nodes": 2})):
        with pytest.raises(NascopeError, match=message):
            options_of(STUDIES[kind], options | {"seeds": seeds}, "config, studies.s.options")


def test_seeds_of_sections_are_distinct():
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    raw["understanding"]["geometry"]["seeds"] = [1, 1]
    with pytest.raises(NascopeError, match=r"config, understanding\.geometry\.seeds: 1 is given more than once"):
        read_config(raw)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["wide.csv", "WIDE.CSV", "wide.csv.gz"])
def test_wide_tables_are_read_like_lists(tmp_path, separator, name):
    text = f"arch_str{separator}val_acc\n{SMALL}{separator}91.5\n"
    content = text.encode("utf-16")
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    table = read_users_file(tmp_path / name)
    assert table.to_dict("list") == {"arch_str": [SMALL], "val_acc": [91.5]}
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(NascopeError, match="not a readable Parquet or CSV file"):
        read_users_file(tmp_path / name)


def test_tables_of_curves_take_cells_in_any_notation(tmp_path):
    cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
    rows = [f'{epoch};{spelled};{10 + epoch + place}' for epoch in (0, 1) for place, spelled in enumerate(
        (cell.replace("nor_", ""), "6111"))]  # fmt: skip
    (tmp_path / "curves.csv").write_text("\n".join(["epoch;arch_str;val_acc", *rows]))
    table = read_curves(tmp_path / "curves.csv")
    index = int(format_genotype(parse_genotype(cell), "index"))
    assert table["index"].tolist() == [index, 6111, index, 6111]
