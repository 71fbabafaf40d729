from collections import Counter

import pandas as pd
import pytest
from hypothesis import given

from nascope.errors import NascopeError
from nascope.spaces.nasbench201 import PRIMITIVES, NasBench201Cell
from nascope.spaces.nasbench201_space import enumerate_cells, mutation_edge, neighbours
from nascope.spaces.unique_string import unique_string
from tests.helpers import nasbench201_cells

RESNET = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"


@pytest.fixture(scope="module")
def cells():
    return enumerate_cells(4)


@given(nasbench201_cells())
def test_parse_inverts_str_and_code(cell):
    assert NasBench201Cell.parse(str(cell)) == cell
    assert tuple(PRIMITIVES[int(digit)] for digit in cell.code) == cell.ops


def test_official_index_order(cells):
    first = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
    assert str(cells[0]) == first
    assert str(cells[11472]) == RESNET
    assert set(cells[1835].ops) == {"skip_connect"}
    assert set(cells[1462].ops) == {"nor_conv_3x3"}


def test_every_index_agrees_with_the_published_table(cells, shared_data):
    table = pd.read_parquet(shared_data / "nasbench201" / "nb201.parquet", columns=["arch_str", "op_code"])
    assert [str(cell) for cell in cells] == table["arch_str"].tolist()
    assert [cell.code for cell in cells] == table["op_code"].tolist()


def test_published_counts_of_unique_cells(cells):
    assert len(set(cells)) == 15_625
    assert len({unique_string(cell) for cell in cells}) == 12_751
    assert len({unique_string(cell, zeros="mark") for cell in cells}) == 6_466
    assert len({unique_string(cell, zeros="drop") for cell in cells}) == 5_390
    assert sum(cell.is_live() for cell in cells) == 15_284


def test_parameters_equal_published_ones(cells, shared_data):
    assert cells[11472].parameters() == 559_386
    assert cells[11472].parameters(classes=100) == 565_236
    assert cells[11472].parameters(classes=120) == 566_536
    counts = [cell.parameters() for cell in cells]
    assert (min(counts), max(counts)) == (73_306, 1_531_546)
    table = pd.read_parquet(shared_data / "nasbench201" / "nb201.parquet", columns=["cifar10-valid/params_M"])
    assert counts == (table["cifar10-valid/params_M"] * 1e6).round().astype(int).tolist()


@given(nasbench201_cells((4,)))
def test_neighbours_differ_in_one_edge(cell):
    for edge in range(6):
        found = neighbours(cell, edge)
        assert len(set(found)) == 4
        assert all([a != b for a, b in zip(cell.ops, other.ops, strict=True)].count(True) == 1 for other in found)


def test_mutation_picks_the_node_first(rng):
    changed = Counter(mutation_edge(rng, 4) for _ in range(6000))
    expected = [1 / 3, 1 / 6, 1 / 6, 1 / 9, 1 / 9, 1 / 9]
    assert [changed[i] / 6000 for i in range(6)] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "node 1"),
        ("|skip_connect~0|+|none~0|", "node 2 has 1 terms"),
        ("|skip_connect~1|", "node 1, term 1"),
        ("|conv_9x9~0|", "conv_9x9"),
        ("skip_connect~0", "node 1"),
    ],
)
def test_malformed_text_is_refused_with_its_place(text, place):
    with pytest.raises(NascopeError, match=place.replace("|", r"\|")):
        NasBench201Cell.parse(text)


def test_impossible_sizes_are_refused():
    with pytest.raises(NascopeError, match="complete cell"):
        NasBench201Cell(("none", "none"))
    with pytest.raises(NascopeError, match="cannot enumerate"):
        enumerate_cells(6)
