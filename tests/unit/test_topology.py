from collections import Counter
from itertools import product

import pytest
from hypothesis import given

from nascope.errors import NascopeError
from nascope.spaces import darts
from nascope.spaces.cellspace import random_connections, random_operations
from nascope.spaces.genotype import Cell
from nascope.spaces.published import published_cell
from nascope.spaces.topology import adapt, depth, stratified_variants, width
from nascope.spaces.wirings import standing, wiring_distribution
from tests.helpers import genotypes


def shape(cell):
    return width(cell), depth(cell)


@pytest.mark.parametrize(
    ("name", "normal", "reduce"),
    [
        ("NASNet-A", (5, 2), (3.5, 3)),
        ("AmoebaNet-A", (4, 4), (4, 3)),
        ("ENAS", (5, 2), (4, 4)),
        ("DARTS_V1", None, (2.5, 3)),
        ("DARTS_V2", (3.5, 3), (2.5, 3)),
        ("SNAS_mild", (4, 2), (2.5, 3)),
        ("NASNet_ADAPT", (5, 2), (5, 2)),
        ("DARTS_ADAPT", (4, 2), (4, 2)),
    ],
)
def test_published_width_and_depth(name, normal, reduce):
    genotype = published_cell(name).genotype
    assert normal is None or shape(genotype.normal) == normal
    assert shape(genotype.reduce) == reduce


def test_connection_variants_are_the_published_ones():
    darts_v2, enas = published_cell("DARTS_V2").genotype, published_cell("ENAS").genotype
    expected = [(2.5, 4), (2, 5), (3, 3), (3.5, 3), (2.5, 4), (2.5, 3), (3, 3), (2.5, 4), (3, 3), (3.5, 3)]
    assert [shape(random_connections(darts_v2, seed).normal) for seed in range(1, 11)] == expected
    found = [shape(random_connections(enas, seed).normal) for seed in range(1, 11)]
    assert [w for w, _ in found] == [2.5, 2, 3, 3.5, 3.5, 3, 3.5, 2.5, 3.5, 3.5]
    assert [d for _, d in found] == [5, 6, 4, 3, 4, 4, 3, 5, 3, 3]


def test_distribution_of_random_wirings():
    genotype = published_cell("DARTS_V2").genotype
    found = [width(random_connections(genotype, seed).normal) for seed in range(3000)]
    shares = {1.0: 1.0, 1.5: 7.6, 2.0: 21.4, 2.5: 31.9, 3.0: 25.7, 3.5: 10.7, 4.0: 1.7}
    for value, percent in shares.items():
        assert 100 * found.count(value) / 3000 == pytest.approx(percent, abs=2.5)


def test_stratified_variants_are_ordered_and_equal_in_number():
    variants = stratified_variants(published_cell("DARTS_V2").genotype, [2, 2.5, 3, 3.5], 3)
    assert [variant.width for variant in variants] == [2] * 3 + [2.5] * 3 + [3] * 3 + [3.5] * 3
    assert len({variant.seed for variant in variants}) == 12
    with pytest.raises(NascopeError, match=r"4\.5c"):
        stratified_variants(published_cell("DARTS_V2").genotype, [4.5], 1)


@given(genotypes())
def test_adapted_cells_are_widest_and_shallowest(genotype):
    for before, after in zip(
        (genotype.normal, genotype.reduce), (adapt(genotype).normal, adapt(genotype).reduce), strict=True
    ):
        assert shape(after) == (after.nodes, 2)
        assert [op for op, _ in after.edges] == [op for op, _ in before.edges]


def test_adapting_darts_gives_the_reconstructed_cell():
    assert adapt(published_cell("DARTS_V2").genotype) == published_cell("DARTS_ADAPT").genotype


@given(genotypes())
def test_random_draws_keep_the_other_half(genotype):
    rewired = random_connections(genotype, 3)
    assert [op for op, _ in rewired.normal.edges] == [op for op, _ in genotype.normal.edges]
    redrawn = random_operations(genotype, 3, darts.PRIMITIVES)
    assert [source for _, source in redrawn.reduce.edges] == [source for _, source in genotype.reduce.edges]


def test_depth_respects_the_concat():
    chain = (("skip_connect", 0), ("skip_connect", 1), ("skip_connect", 2), ("skip_connect", 2))
    assert depth(Cell(chain, (3,))) == 3
    assert depth(Cell(chain, (2,))) == 2
    assert width(Cell(chain, (2, 3))) == 1


@pytest.mark.parametrize(("nodes", "concat"), [(2, (2, 3)), (3, (2, 3, 4)), (3, (4,)), (4, (2, 3, 4, 5))])
def test_the_distribution_of_wirings_is_that_of_all_of_them(nodes, concat):
    counts = Counter()
    choices = [range(node + 2) for node in range(nodes) for _ in range(2)]
    for sources in product(*choices):
        cell = Cell(tuple(("skip_connect", source) for source in sources), concat)
        counts[width(cell), depth(cell)] += 1
    expected = {place: count / counts.total() for place, count in counts.items()}
    assert wiring_distribution(nodes, concat) == pytest.approx(expected)


def test_published_standings():
    # Computed in the papers' notes from 20,000 random wirings: 3.5c and wider are the top 12%, and 3.5c alone 10.7%.
    distribution = wiring_distribution(4, (2, 3, 4, 5))
    by_width = Counter()
    for (wide, _), probability in distribution.items():
        by_width[wide] += probability
    assert by_width[2] == pytest.approx(0.214, abs=0.01)
    assert by_width[4] == pytest.approx(1 * (2 / 3) ** 2 * (2 / 4) ** 2 * (2 / 5) ** 2)
    narrower, deeper = standing(published_cell("DARTS_V2").genotype.normal)
    assert narrower == pytest.approx(1 - by_width[4] - by_width[3.5] / 2)
    assert deeper > 0.5
