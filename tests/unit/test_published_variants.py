"""The variants that Shu et al. 2020 published: all families, operations and connections."""

import json
from pathlib import Path

import pytest

from nascope.papers.understanding.studies import OPERATIONS, operation_variants
from nascope.spaces.cellspace import random_connections
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cell

PUBLISHED = json.loads((Path(__file__).parents[1] / "fixtures" / "shu2020_variants.json").read_text(encoding="utf-8"))
FAMILIES = PUBLISHED["families"]


def cells_of(genotype):
    return genotype.normal, genotype.reduce


@pytest.mark.parametrize("name", FAMILIES)
def test_cells_are_spelled_as_in_the_authors_file(name):
    # Variants are drawn by position, so that the order of edges counts, although it changes no function.
    assert published_cell(name).genotype == parse_genotype(FAMILIES[name]["original"])


@pytest.mark.parametrize("name", FAMILIES)
def test_operation_variants_are_the_published_ones(name):
    table = operation_variants("s", cells=(name,), variants=10, seeds=(0,))
    original = published_cell(name).genotype
    variants = [parse_genotype(text) for text in table.loc[table["group"] == "operations", "genotype"]]
    found = [[[OPERATIONS.index(op) for op, _ in cell.edges] for cell in cells_of(variant)] for variant in variants]
    assert found == FAMILIES[name]["operations"]
    for variant in variants:
        for new, old in zip(cells_of(variant), cells_of(original), strict=True):
            assert [source for _, source in new.edges] == [source for _, source in old.edges]


@pytest.mark.parametrize("name", FAMILIES)
def test_connection_variants_are_the_published_ones(name):
    original = published_cell(name).genotype
    variants = [random_connections(original, seed) for seed in range(1, 11)]
    found = [[[source for _, source in cell.edges] for cell in cells_of(variant)] for variant in variants]
    assert found == FAMILIES[name]["connections"]


def test_operations_are_in_the_authors_order():
    assert list(OPERATIONS) == PUBLISHED["primitives"]
