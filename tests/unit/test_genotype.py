import pytest
from hypothesis import given
from hypothesis import strategies as st

from nascope.errors import NascopeError
from nascope.spaces import darts, nasnet
from nascope.spaces.canonical import canonical_key
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cell, published_cells
from tests.helpers import any_genotype, genotypes

GOOD = str(published_cell("DARTS_V2").genotype)


@given(any_genotype)
def test_parse_inverts_str(genotype):
    assert parse_genotype(str(genotype)) == genotype


@given(st.text(max_size=80))
def test_any_text_is_a_genotype_or_a_clear_refusal(text):
    try:
        genotype = parse_genotype(text)
    except NascopeError:
        return  # any other exception fails the test
    assert parse_genotype(str(genotype)) == genotype


def test_range_notation_of_concat_is_read():
    assert Genotype.parse(GOOD.replace("normal_concat=[2, 3, 4, 5]", "normal_concat=range(2, 6)")) == Genotype.parse(
        GOOD
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("'sep_conv_3x3', 0", "'sep_conv_9x9', 0", "normal cell: edge 0: unknown primitive"),
        ("'sep_conv_3x3', 0", "'sep_conv_3x3', 7", "normal cell: edge 0: source 7"),
        ("'sep_conv_3x3', 0", "__import__('os'), 0", "column 19: expected a literal"),
        ("normal_concat=[2, 3, 4, 5]", "normal_concat=[2, 9]", "state 9"),
        ("normal_concat=[2, 3, 4, 5]", "normal_concat=[2, 2]", "none of them twice"),
        (", reduce_concat=[2, 3, 4, 5]", "", "expected"),
        ("Genotype(", "Genotype((", "malformed genotype at column"),
    ],
)
def test_malformed_text_is_refused_with_its_place(old, new, message):
    with pytest.raises(NascopeError, match=message):
        Genotype.parse(GOOD.replace(old, new, 1))


@given(genotypes())
def test_space_checks_membership(genotype):
    assert darts.SPACE.check(genotype) is genotype
    with pytest.raises(NascopeError, match="nodes"):
        nasnet.SPACE.check(genotype)


def test_darts_neighbours(rng):
    genotype = darts.SPACE.sample(rng)
    total = 0
    for cell_type in ("normal", "reduce"):
        for edge in range(8):
            found = darts.SPACE.neighbours(genotype, cell_type, edge)
            assert len(set(found)) == len(found) == 6 + edge // 2
            sources = {getattr(other, cell_type).edges[edge][1] for other in found}
            assert getattr(genotype, cell_type).edges[edge ^ 1][1] not in sources
            total += len(found)
    assert total == 120


def test_samples_have_distinct_sources(rng):
    for _ in range(200):
        for cell in (darts.SPACE.sample(rng).normal, nasnet.SPACE.sample(rng).reduce):
            assert all(first[1] != second[1] for _, (first, second) in cell.by_node())


def test_published_cells_are_valid_and_the_shared_ones(shared_data):
    import json

    cells = published_cells()
    records = json.loads((shared_data / "genotypes" / "genotypes_published.json").read_text())
    # Orders of edges differ between sources (SNAS_mild is spelt as in Shu et al.'s file): functions are compared.
    ours = {canonical_key(cell.genotype) for cell in cells.values()}
    skipped = []
    for record in records:
        try:
            parts = [
                Cell(tuple((op, source) for op, source in record[kind]), tuple(record[f"{kind}_concat"]))
                for kind in ("normal", "reduce")
            ]
        except NascopeError:
            skipped.append(record["published_name"])
            continue
        assert canonical_key(Genotype(*parts)) in ours, record["published_name"]
    # FairDARTS keeps a varying number of edges a node, so it is no two-input cell.
    assert skipped == ["FairDARTS_a"]
    assert all(cell.paper and 2017 < cell.year < 2023 for cell in cells.values())


def test_unknown_published_cell_lists_the_known():
    with pytest.raises(NascopeError, match="DARTS_V2"):
        published_cell("nothing")
